// usage: node start.mjs dynamodb|s3sqs|trials|misbehaving|garbage
// Prints "READY <url>" once it listens on a free loopback port and ends when its standard input does, so that it cannot outlive who started it.
import { createRequire } from "node:module";

const starters = {
  async dynamodb() {
    const dynalite = createRequire(import.meta.url)("dynalite");
    const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
    await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    // Node closes an idle connection after 5 s by default; a client that reuses it at that moment would see a failure that no real service gives.
    server.keepAliveTimeout = 120_000;
    return `http://127.0.0.1:${server.address().port}`;
  },
  async s3sqs() {
    const { buildApp } = await import("fauxqs");
    const app = buildApp({ logger: false });
    app.server.keepAliveTimeout = 120_000;
    return await app.listen({ port: 0, host: "127.0.0.1" });
  },
  async trials() {
    return (await import("./trials.mjs")).startTrials();
  },
  async misbehaving() {
    return (await import("./trials.mjs")).startMisbehaving();
  },
  async garbage() {
    return (await import("./trials.mjs")).startGarbage();
  },
};

const start = starters[process.argv[2]];
if (!start) {
  console.error(`unknown service "${process.argv[2]}"; one of: ${Object.keys(starters).join(", ")}`);
  process.exit(2);
}

process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();
console.log(`READY ${await start()}`);
