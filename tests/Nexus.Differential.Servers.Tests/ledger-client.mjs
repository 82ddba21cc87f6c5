// A gRPC client of another implementation: makes one call of every kind and some that fail, and prints what it saw.
// Usage: node ledger-client.mjs <folder of node_modules> <proto file> <host:port>
import { createRequire } from 'node:module';
import path from 'node:path';

const [modules, proto, address] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'x.js'));
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const { ledger } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true, longs: Number, defaults: true }));
const client = new ledger.Entries(address, grpc.credentials.createInsecure(), { 'grpc.max_receive_message_length': 64 << 20 });

const known = (metadata) =>
  Object.fromEntries(
    Object.entries(metadata.getMap())
      .filter(([key]) => !['date', 'server', 'content-type'].includes(key))
      .map(([key, value]) => [key, Buffer.isBuffer(value) ? value.toString('hex') : value])
      .sort(),
  );
// Its own texts name times and addresses.
const details = (error) => error.details.replace(/^(Deadline exceeded).*/, '$1');
const outcome = (error) => (error ? `${error.code} ${details(error)} ${JSON.stringify(known(error.metadata))}` : 'ok');
const show = (name, ...what) => console.log(name, ...what.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))));

const unary = (name, request, options = {}) =>
  new Promise((resolve) => {
    const metadata = new grpc.Metadata();
    metadata.set('caller', 'foreign');
    const seen = {};
    const call = client[name](request, metadata, { deadline: Date.now() + (options.deadline ?? 20000) }, (error, response) => {
      show(name, outcome(error), response ?? null, seen);
    });
    call.on('metadata', (metadata) => (seen.headers = known(metadata)));
    call.on('status', (status) => {
      seen.trailers = known(status.metadata);
      setImmediate(resolve);
    });
    if (options.cancel) setTimeout(() => call.cancel(), options.cancel);
  });

await unary('Post', { account: 'a', amount: 5, attachment: Buffer.alloc(100000) });
await unary('Fail', { code: 9, message: 'nicht erfüllt ✓' });
await unary('Fail', { message: 'plain', throw_plain: true });
await unary('Wait', { milliseconds: 10000 }, { deadline: 300 });
await unary('Wait', { milliseconds: 10000 }, { cancel: 200 });
await unary('Store', { account: 'foreign', amount: 12, note: 'kept' });

await new Promise((resolve) => {
  const call = client.Import((error, response) => {
    show('Import', outcome(error), response ?? null);
    resolve();
  });
  for (let i = 0; i < 500; i++) call.write({ amount: i });
  call.end();
});
await new Promise((resolve) => {
  const call = client.Import((error, response) => {
    show('Import', outcome(error), response ?? null);
    resolve();
  });
  call.on('error', () => {});
  call.write({ amount: 1 });
  call.write({ amount: -1 });
});
await new Promise((resolve) => {
  let count = 0;
  let total = 0;
  const call = client.List({ account: 'a', count: 2000, attachment_bytes: 1000 });
  call.on('data', (entry) => {
    count++;
    total += entry.amount + entry.attachment.length;
  });
  call.on('error', (error) => show('List', outcome(error)));
  call.on('status', (status) => {
    show('List', count, total, status.code);
    resolve();
  });
});
await new Promise((resolve) => {
  const seen = [];
  const call = client.Reconcile();
  call.on('data', (receipt) => {
    seen.push(receipt.text);
    if (seen.length < 50) call.write({ account: 'r', amount: seen.length });
    else call.end();
  });
  call.on('error', (error) => show('Reconcile', outcome(error)));
  call.on('status', (status) => {
    show('Reconcile', seen, status.code);
    resolve();
  });
  call.write({ account: 'r', amount: 0 });
});
client.close();
