// usage: node upstream.mjs
// An HTTP service of another make than .NET's, for tests: ordinary answers (http, h2c) and broken ones (raw), each on a free loopback port.
// Prints "READY <http> <h2c> <raw>" once it listens and ends when its standard input does, so that it cannot outlive who started it.
import { createHash } from "node:crypto";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import zlib from "node:zlib";

const pattern = (count) => Buffer.alloc(count, "0123456789abcdef");
const text = "The quick brown fox jumps over the lazy dog. ".repeat(50);

const read = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
};

const json = (response, value, headers = {}) => {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(200, { "Content-Type": "application/json; charset=utf-8", "Content-Length": body.length, ...headers });
  response.end(body);
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Ordinary answers by first path segment; the rest of the path is the argument.
const routes = {
  async echo(request, response) {
    const body = await read(request);
    const headers = [];
    for (let i = 0; i < request.rawHeaders.length; i += 2)
      if (!/^(host|:authority)$/i.test(request.rawHeaders[i])) headers.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    json(response, {
      method: request.method,
      url: request.url,
      version: request.httpVersion,
      headers,
      trailers: request.rawTrailers,
      bytes: body.length,
      sha256: createHash("sha256").update(body).digest("hex").slice(0, 16),
      body: body.length <= 200 ? body.toString() : "",
    });
  },
  host: (request, response) => json(response, { host: request.headers.host.replace(/:\d+$/, ":<port>") }),
  status(request, response, code) {
    response.writeHead(Number(code), { "Content-Type": "text/plain" });
    response.end(Number(code) === 204 || Number(code) === 304 ? undefined : `status ${code}`);
  },
  reason(request, response) {
    response.writeHead(299, "Quite Alright", { "Content-Length": 0 });
    response.end();
  },
  redirect(request, response, code, query) {
    response.writeHead(Number(code), { Location: query.get("to"), "Content-Length": 0 });
    response.end();
  },
  loop(request, response, count) {
    response.writeHead(302, { Location: `/loop/${Number(count) + 1}`, "Content-Length": 0 });
    response.end();
  },
  "set-cookies"(request, response, rest, query) {
    response.setHeader("Set-Cookie", ["session=abc; Path=/", "theme=dark; Path=/echo; HttpOnly", "bad cookie"]);
    if (query.get("to")) response.writeHead(302, { Location: query.get("to"), "Content-Length": 0 });
    else response.writeHead(200, { "Content-Length": 0 });
    response.end();
  },
  coded(request, response, coding) {
    const coders = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, raw: zlib.deflateRawSync, br: zlib.brotliCompressSync, broken: () => Buffer.from("this is not gzip") };
    const body = coders[coding](text);
    response.writeHead(200, {
      "Content-Type": "text/plain",
      "Content-Encoding": { raw: "deflate", broken: "gzip" }[coding] ?? coding,
      "Content-Length": body.length,
      "X-Accepted": request.headers["accept-encoding"] ?? "",
    });
    response.end(body);
  },
  bytes(request, response, count) {
    response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": Number(count), ETag: '"pattern"' });
    response.end(request.method === "HEAD" ? undefined : pattern(Number(count)));
  },
  async slow(request, response, count, query) {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (let i = 0; i < Number(count); i++) {
      response.write(`data: ${i}\n\n`);
      await pause(Number(query.get("ms") ?? 10));
    }
    response.end();
  },
  async "stall-head"(request) {
    await read(request);
  },
  "stall-body"(request, response) {
    response.writeHead(200, { "Content-Length": 100 });
    response.write("partial");
  },
  trailers(request, response) {
    response.writeHead(200, { Trailer: "X-Checksum, X-Count" });
    response.write("with trailers");
    response.addTrailers({ "X-Checksum": "abc123", "X-Count": "13" });
    response.end();
  },
  basic(request, response) {
    const right = `Basic ${Buffer.from("user:secret").toString("base64")}`;
    if (request.headers.authorization === right) return json(response, { authorized: true });
    response.writeHead(401, { "WWW-Authenticate": 'Basic realm="test"', "X-Sent": request.headers.authorization ? "yes" : "no", "Content-Length": 0 });
    response.end();
  },
  digest(request, response, algorithm) {
    const hash = (value) => createHash(algorithm === "SHA-256" ? "sha256" : "md5").update(value).digest("hex");
    const sent = Object.fromEntries([...(request.headers.authorization ?? "").matchAll(/(\w+)="?([^",]*)"?/g)].map((m) => [m[1], m[2]]));
    if (sent.response) {
      const a1 = hash("user:test:secret");
      const a2 = hash(`${request.method}:${request.url}`);
      if (sent.response === hash(`${a1}:nonce1:${sent.nc}:${sent.cnonce}:${sent.qop}:${a2}`)) return json(response, { authorized: true, algorithm: sent.algorithm });
    }
    response.writeHead(401, { "WWW-Authenticate": `Digest realm="test", nonce="nonce1", qop="auth", algorithm=${algorithm}`, "Content-Length": 0 });
    response.end();
  },
  negotiate(request, response) {
    response.writeHead(401, { "WWW-Authenticate": "Negotiate", "Content-Length": 0 });
    response.end();
  },
  early(request, response) {
    response.writeHead(413, { "Content-Length": 9, Connection: "close" });
    response.end("too large");
  },
  headers(request, response, count) {
    response.writeHead(200, { "X-Large": "v".repeat(Number(count)), "Content-Length": 2 });
    response.end("ok");
  },
  multi(request, response) {
    response.writeHead(200, [["X-Many", "one"], ["X-Many", "two, three"], ["Link", "<a>; rel=next"], ["Via", "1.1 here"], ["Last-Modified", "Tue, 01 Nov 2022 00:00:00 GMT"], ["Allow", "GET, HEAD"], ["Content-Language", "de, en"], ["Content-Length", "2"]].flat());
    response.end("ok");
  },
};

const serve = async (request, response) => {
  const url = new URL(request.url, "http://upstream");
  const [name, ...rest] = url.pathname.slice(1).split("/");
  const route = routes[name];
  if (!route) {
    response.writeHead(404, { "Content-Type": "text/plain" });
    return response.end("no such route");
  }
  try {
    await route(request, response, rest.join("/"), url.searchParams);
  } catch {
    response.destroy();
  }
};

const plain = http.createServer({ keepAliveTimeout: 120_000, maxHeaderSize: 256 * 1024 }, serve);
plain.on("checkContinue", (request, response) => {
  if (request.url.startsWith("/echo")) {
    response.writeContinue();
    serve(request, response);
  } else {
    response.writeHead(417, { "Content-Length": 0, Connection: "close" });
    response.end();
  }
});

// HTTP/2 in plain text. Routes of its own for what only frames can say.
const frames = http2.createServer({ settings: { initialWindowSize: 256 * 1024 } });
const framed = {
  "/duplex"(request, response) {
    response.writeHead(200);
    response.flushHeaders();
    request.pipe(response);
  },
  "/reset": (request, response) => response.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
  "/reset-mid"(request, response) {
    response.writeHead(200);
    response.write("partial", () => setTimeout(() => response.stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM), 20));
  },
  "/trailers-only"(request, response) {
    response.writeHead(200, { "x-kind": "headers" });
    response.flushHeaders();
    response.addTrailers({ "x-status": "7", "x-message": "later" });
    setTimeout(() => response.end(), 50);
  },
};
frames.on("request", (request, response) => {
  request.on("error", () => {});
  response.on("error", () => {});
  (framed[request.url] ?? serve)(request, response);
});

// Bytes as no server library would send them. Each entry gets the socket once the request's head is there.
const raw = {
  "/close-before": (socket) => socket.end(),
  "/reset-before": (socket) => socket.resetAndDestroy(),
  "/close-mid-length": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + "x".repeat(40)),
  "/close-mid-chunk": (socket) => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n0123456789"),
  "/close-between-chunks": (socket) => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n"),
  "/bad-chunk": (socket) => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\nzz\r\n"),
  "/bad-status": (socket) => socket.end("NOT/HTTP garbage\r\n\r\n"),
  "/bad-header": (socket) => socket.end("HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n"),
  "/big-head": (socket) => socket.end(`HTTP/1.1 200 OK\r\nX-Big: ${"b".repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`),
  "/reset-mid": (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(5000), () => setTimeout(() => socket.resetAndDestroy(), 30)),
  "/http10": (socket) => socket.end("HTTP/1.0 200 Fine\r\nContent-Type: text/plain\r\n\r\nuntil the end"),
  "/no-reason": (socket) => socket.end("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"),
  "/early-hints": (socket) => socket.end("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  "/latin1": (socket) => socket.end(Buffer.from("HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nContent-Length: 2\r\n\r\nok", "latin1")),
  "/folded": (socket) => socket.end("HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\nok"),
  "/extra-bytes": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more"),
  "/half-close": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone"),
  "/dribble": async (socket) => {
    for (const byte of "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") {
      socket.write(byte);
      await pause(2);
    }
    socket.end();
  },
};
const broken = net.createServer((socket) => {
  let head = "";
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    if (head.includes("\r\n\r\n")) return;
    head += bytes.toString("latin1");
    if (head.includes("\r\n\r\n")) (raw[head.split(" ")[1]] ?? ((s) => s.destroy()))(socket);
  });
});

const listen = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`)));
process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();
console.log(`READY ${await listen(plain)} ${await listen(frames)} ${await listen(broken)}`);
