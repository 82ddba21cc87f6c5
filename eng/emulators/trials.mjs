// A gRPC server of another implementation than the client's, and one that breaks the protocol in every way it can.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import http2 from "node:http2";
import net from "node:net";

const require = createRequire(import.meta.url);
const proto = fileURLToPath(new URL("../../test-functions/RemoteCalls/Protos/trials.proto", import.meta.url));

export async function startTrials() {
  const grpc = require("@grpc/grpc-js");
  const loader = require("@grpc/proto-loader");
  const { Trial } = grpc.loadPackageDefinition(loader.loadSync(proto, { defaults: true })).trials;

  const metadata = (entries) => {
    const all = new grpc.Metadata();
    for (const [name, value] of entries) all.add(name, value);
    return all;
  };

  // What clients that try again see: "key|failures|status|pushback" fails that often under the key, then answers with the attempt's number.
  const attempts = new Map();
  const attempt = (call, request) => {
    const [key, failures, code, pushback] = request.text.split("|");
    const number = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, number);
    return number <= Number(failures)
      ? { error: { code: Number(code), details: `failure ${number}`, metadata: metadata(pushback ? [["grpc-retry-pushback-ms", pushback]] : []) } }
      : { text: `attempt ${number}, before it ${call.metadata.get("grpc-previous-rpc-attempts")}` };
  };

  // Answers one request: calls back with an error or a reply.
  const act = (call, request, done) => {
    switch (request.behaviour) {
      case "flaky": {
        const { error, text } = attempt(call, request);
        return error ? done(error) : done(null, { text, payload: request.payload });
      }
      case "slow": {
        // Attempts but the last one that is asked for are never answered.
        const { error, text } = attempt(call, request);
        return error ? undefined : done(null, { text });
      }
      case "attempts":
        return done(null, { text: `${attempts.get(request.text) ?? 0} attempts` });
      case "fail":
        return done({
          code: request.count,
          details: request.text,
          metadata: metadata([["reason", "as asked"], ["bytes-bin", Buffer.from([0, 1, 254, 255])]]),
        });
      case "throw":
        return done(new Error("not for the caller's eyes"));
      case "headers": {
        call.sendMetadata(metadata([["first", "1"], ["first", "2"], ["raw-bin", Buffer.from([7])]]));
        const seen = [];
        for (const name of Object.keys(call.metadata.getMap()).filter((key) => key.startsWith("x-")).sort())
          for (const value of call.metadata.get(name)) seen.push(`${name}=${Buffer.isBuffer(value) ? value.toString("hex") : value}`);
        return done(null, { text: seen.join(";") }, metadata([["last", "one"]]));
      }
      case "wait": {
        const timer = setTimeout(() => done(null, { text: "waited" }), request.delayMs);
        call.on("cancelled", () => clearTimeout(timer));
        return;
      }
      case "size":
        return done(null, { payload: Buffer.alloc(request.count) });
      case "authority":
        return done(null, { text: `${call.metadata.get("user-agent")}` });
      default:
        return done(null, { text: request.text, payload: request.payload });
    }
  };

  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(Trial.service, {
    Single: (call, done) => act(call, call.request, done),
    Collect: (call, done) => {
      const texts = [];
      let bytes = 0;
      let answered = false;
      const answer = (error, reply, trailers) => {
        if (!answered) done(error, reply, trailers);
        answered = true;
      };
      call.on("data", (request) => {
        if (request.behaviour === "early") return answer(null, { text: "enough" });
        if (request.behaviour === "flaky") {
          const { error, text } = attempt(call, request);
          return error ? answer(error) : texts.push(text);
        }
        if (request.behaviour !== "echo") return act(call, request, answer);
        texts.push(request.text);
        bytes += request.payload.length;
      });
      call.on("end", () => answer(null, { text: `${texts.slice(-8).join(",")} ${texts.length} ${bytes}` }));
    },
    Expand: (call) => {
      const { text, payload, count, behaviour, delayMs } = call.request;
      if (behaviour === "flaky") {
        const tried = attempt(call, call.request);
        if (tried.error) return call.emit("error", tried.error);
        for (let index = 0; index < count; index++) call.write({ text: tried.text, payload, index });
        return call.end();
      }
      call.sendMetadata(metadata([["begun", "yes"]]));
      for (let index = 0; index < count; index++) call.write({ text, payload, index });
      if (behaviour === "echo") return call.end();
      act(call, { ...call.request, count: delayMs === 0 ? 9 : 0 }, (error) => (error ? call.emit("error", error) : call.end()));
    },
    Converse: (call) => {
      let index = 0;
      call.on("data", (request) =>
        act(call, request, (error, reply) => (error ? call.emit("error", error) : call.write({ ...reply, index: index++ }))));
      call.on("end", () => call.end());
    },
  });
  // With a folder of a key and a certificate for localhost over TLS, otherwise without.
  const folder = process.env.TRIALS_TLS;
  const credentials = folder
    ? grpc.ServerCredentials.createSsl(null, [{ private_key: readFileSync(`${folder}/key.pem`), cert_chain: readFileSync(`${folder}/certificate.pem`) }])
    : grpc.ServerCredentials.createInsecure();
  const port = await new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound))));
  return folder ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
}

const ok = { ":status": 200, "content-type": "application/grpc" };
const message = (text) => {
  const body = Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
};

// Sends trailers after what was written.
const finish = (stream, trailers) => {
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end();
};
const begin = (stream, headers = ok) => stream.respond(headers, { waitForTrailers: true });

// The sessions' own view of their sockets does not let them be destroyed.
const sockets = new Map();
const drop = (stream) => sockets.get(stream.session.socket.remotePort).resetAndDestroy();

const ways = {
  WrongContentType: (stream) => { stream.respond({ ":status": 200, "content-type": "text/html" }); stream.end("<p>no"); },
  NoContentType: (stream) => { stream.respond({ ":status": 200 }); stream.end("no"); },
  NotFound: (stream) => { stream.respond({ ":status": 404, "content-type": "text/plain" }); stream.end("no"); },
  Unavailable: (stream) => { stream.respond({ ":status": 503 }, { endStream: true }); },
  Forbidden: (stream) => { stream.respond({ ":status": 403 }, { endStream: true }); },
  Unauthorized: (stream) => { stream.respond({ ":status": 401 }, { endStream: true }); },
  Teapot: (stream) => { stream.respond({ ":status": 418 }, { endStream: true }); },
  NoStatus: (stream) => { stream.respond(ok); stream.end(message("unfinished")); },
  NothingAtAll: (stream) => { stream.respond(ok, { endStream: true }); },
  StatusOnly: (stream) => { stream.respond({ ...ok, "grpc-status": "0" }, { endStream: true }); },
  ErrorOnly: (stream) => { stream.respond({ ...ok, "grpc-status": "8", "grpc-message": "%E2%82%AC spent", extra: "told" }, { endStream: true }); },
  BadStatus: (stream) => { begin(stream); stream.write(message("x")); finish(stream, { "grpc-status": "abc" }); },
  BadHeadStatus: (stream) => { stream.respond({ ...ok, "grpc-status": "abc" }, { endStream: true }); },
  OddMessage: (stream) => { begin(stream); finish(stream, { "grpc-status": "2", "grpc-message": "100% %zz %41" }); },
  BadBinary: (stream) => { begin(stream); finish(stream, { "grpc-status": "2", "grpc-message": "m", "x-bin": "a" }); },
  OkWithoutMessage: (stream) => { begin(stream); finish(stream, { "grpc-status": "0" }); },
  TwoMessages: (stream) => { begin(stream); stream.write(Buffer.concat([message("one"), message("two")])); finish(stream, { "grpc-status": "0" }); },
  MessageThenError: (stream) => { begin(stream); stream.write(message("one")); finish(stream, { "grpc-status": "15", "grpc-message": "lost" }); },
  HalfPrefix: (stream) => { begin(stream); stream.write(Buffer.from([0, 0, 0])); finish(stream, { "grpc-status": "0" }); },
  HalfMessage: (stream) => { begin(stream); stream.write(message("whole message").subarray(0, 9)); finish(stream, { "grpc-status": "0" }); },
  BadFlag: (stream) => { begin(stream); stream.write(Buffer.from([7, 0, 0, 0, 0])); finish(stream, { "grpc-status": "0" }); },
  HugeLength: (stream) => { begin(stream); stream.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff])); finish(stream, { "grpc-status": "0" }); },
  OverLimit: (stream) => { begin(stream); stream.write(Buffer.from([0, 0x7f, 0, 0, 0])); finish(stream, { "grpc-status": "0" }); },
  NotProtobuf: (stream) => { begin(stream); stream.write(Buffer.from([0, 0, 0, 0, 2, 0xff, 0xff])); finish(stream, { "grpc-status": "0" }); },
  CompressedWithoutEncoding: (stream) => { begin(stream); stream.write(Buffer.from([1, 0, 0, 0, 1, 0])); finish(stream, { "grpc-status": "0" }); },
  UnknownEncoding: (stream) => {
    begin(stream, { ...ok, "grpc-encoding": "vacuum" });
    stream.write(Buffer.from([1, 0, 0, 0, 1, 0]));
    finish(stream, { "grpc-status": "0" });
  },
  ResetAtOnce: (stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
  ResetCancel: (stream) => stream.close(http2.constants.NGHTTP2_CANCEL),
  ResetCalm: (stream) => stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM),
  ResetSecurity: (stream) => stream.close(http2.constants.NGHTTP2_INADEQUATE_SECURITY),
  ResetAfterHeaders: (stream) => { begin(stream); setTimeout(() => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR), 50); },
  ResetAfterMessage: (stream) => {
    begin(stream);
    stream.write(message("one"));
    setTimeout(() => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR), 50);
  },
  Stall: () => {},
  StallAfterHeaders: (stream) => begin(stream),
  StallAfterMessage: (stream) => { begin(stream); stream.write(message("one")); },
  Dropped: (stream) => drop(stream),
  DroppedAfterMessage: (stream) => {
    begin(stream);
    stream.write(message("one"));
    setTimeout(() => drop(stream), 200);
  },
};

// Answers anything with something that is not HTTP/2.
const garbage = net.createServer((socket) => socket.on("data", () => socket.end("220 this is something else entirely\r\n")).on("error", () => {}));

export async function startMisbehaving() {
  const server = http2.createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    const way = ways[headers[":path"].split("/").pop()];
    stream.on("data", () => {});
    stream.on("end", () => (way ? way(stream) : stream.respond({ ":status": 500 }, { endStream: true })));
  });
  server.on("sessionError", () => {});
  server.on("connection", (socket) => {
    const port = socket.remotePort;
    sockets.set(port, socket);
    socket.on("close", () => sockets.delete(port));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

export async function startGarbage() {
  await new Promise((resolve) => garbage.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${garbage.address().port}`;
}
