/**
 * A small witness (C2SP tlog-witness, tlog-cosignature), as its own process. It shares no code with the product, so that
 * two implementations meet. What it has cosigned is on disk before it answers.
 *
 * Usage: node witness.mjs STATE_FILE NAME SEED PORT LOG_KEY…
 * STATE_FILE  keeps the last checkpoint of each log
 * NAME SEED   its key: name, and 32 bytes in base64
 * PORT        0: any
 * LOG_KEY     verifier keys of the logs that it watches; the name is the origin
 *
 * Prints one JSON line when it listens ({url, key}), and one for each request ({status, origin, size}).
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';

const [stateFile, name, seed, port, ...logKeys] = process.argv.slice(2);

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const keyId = (of, type, key) => sha256(`${of}\n`, Buffer.of(type), key).subarray(0, 4);
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const secret = createPrivateKey({
  key: Buffer.concat([PKCS8, Buffer.from(seed, 'base64')]),
  format: 'der',
  type: 'pkcs8',
});
const ownKey = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(12);
const ownId = keyId(name, 4, ownKey);

const logs = new Map();
for (const text of logKeys) {
  const [origin, , base64] = splitKey(text);
  const key = Buffer.from(base64, 'base64').subarray(1);
  const known = logs.get(origin) ?? [];
  known.push({
    id: keyId(origin, 1, key),
    key: createPublicKey({ key: Buffer.concat([SPKI, key]), format: 'der', type: 'spki' }),
  });
  logs.set(origin, known);
}

/** Base64 may hold a plus itself; neither name nor key id does. */
function splitKey(text) {
  const [origin, id, ...rest] = text.split('+');
  return [origin, id, rest.join('+')];
}

const state = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : {};

function persist() {
  const file = openSync(`${stateFile}.new`, 'w');
  writeSync(file, JSON.stringify(state));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${stateFile}.new`, stateFile);
}

class Answer extends Error {
  constructor(status, body = '', type = 'text/plain; charset=utf-8') {
    super(body);
    Object.assign(this, { status, body, type });
  }
}

const SIZE = /^(0|[1-9][0-9]*)$/;

function addCheckpoint(body) {
  const blank = body.indexOf('\n\n');
  if (blank < 0) throw new Answer(400, 'no empty line\n');
  const [old, ...proof64] = body.slice(0, blank).split('\n');
  const note = body.slice(blank + 2);
  if (!old.startsWith('old ') || !SIZE.test(old.slice(4))) throw new Answer(400, 'no old size\n');
  if (proof64.length > 63) throw new Answer(400, 'too many hashes\n');
  const oldSize = Number(old.slice(4));
  const proof = proof64.map((line) => Buffer.from(line, 'base64'));
  if (proof.some((hash, i) => hash.length !== 32 || hash.toString('base64') !== proof64[i])) {
    throw new Answer(400, 'a line of the proof is no hash\n');
  }

  const end = note.lastIndexOf('\n\n');
  if (end < 0) throw new Answer(400, 'no signed note\n');
  const text = note.slice(0, end + 1);
  const [origin, sizeLine, root64] = text.split('\n');
  if (!SIZE.test(sizeLine ?? '')) throw new Answer(400, 'no size\n');
  const size = Number(sizeLine);
  const root = Buffer.from(root64 ?? '', 'base64');
  if (root.length !== 32) throw new Answer(400, 'no root\n');
  const about = { origin, size };

  const keys = logs.get(origin);
  if (keys === undefined) throw Object.assign(new Answer(404, 'unknown log\n'), about);
  let trusted = 0;
  for (const line of note
    .slice(end + 2)
    .split('\n')
    .filter(Boolean)) {
    const [dash, by, base64] = line.split(' ');
    if (dash !== '—') throw Object.assign(new Answer(403, 'malformed signature\n'), about);
    const bytes = Buffer.from(base64, 'base64');
    const key = by === origin ? keys.find(({ id }) => id.equals(bytes.subarray(0, 4))) : undefined;
    if (key === undefined) continue;
    if (!verify(null, Buffer.from(text), key.key, bytes.subarray(4))) {
      throw Object.assign(new Answer(403, 'a signature does not hold\n'), about);
    }
    trusted++;
  }
  if (trusted === 0) throw Object.assign(new Answer(403, 'no trusted signature\n'), about);
  if (oldSize > size) throw Object.assign(new Answer(400, 'old size beyond the new one\n'), about);

  const last = state[origin] ?? { size: 0, root: sha256().toString('base64') };
  if (last.size !== oldSize) throw Object.assign(new Answer(409, `${last.size}\n`, 'text/x.tlog.size'), about);
  const lastRoot = Buffer.from(last.root, 'base64');
  if (!consistent(oldSize, lastRoot, size, root, proof)) {
    throw Object.assign(new Answer(422, 'not consistent\n'), about);
  }

  const time = Math.floor(Date.now() / 1000);
  const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), secret);
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  const line = `— ${name} ${Buffer.concat([ownId, stamp, signature]).toString('base64')}\n`;
  state[origin] = { size, root: root.toString('base64'), note: note + line };
  persist();
  return { ...about, body: line };
}

/** RFC 6962 §2.1.2, read backwards: what the proof makes of the old and of the new root. */
function consistent(oldSize, oldRoot, size, root, proof) {
  if (size === 0 && !root.equals(sha256())) return false;
  if (oldSize === 0) return proof.length === 0;
  if (oldSize === size) return proof.length === 0 && oldRoot.equals(root);
  const left = [...proof];
  // SUBPROOF(m, D[n], b), taking hashes from the end as the recursion returns them.
  const subproof = (m, n, whole) => {
    if (m === n) {
      if (whole) return [oldRoot, oldRoot];
      const hash = left.shift();
      return hash && [hash, hash];
    }
    let k = 1;
    while (k * 2 < n) k *= 2;
    const inner = m <= k ? subproof(m, k, whole) : subproof(m - k, n - k, false);
    const other = left.shift();
    if (!inner || !other) return undefined;
    const node = (a, b) => sha256(Buffer.of(1), a, b);
    return m <= k ? [inner[0], node(inner[1], other)] : [node(other, inner[0]), node(other, inner[1])];
  };
  const roots = subproof(oldSize, size, true);
  return roots !== undefined && left.length === 0 && roots[0].equals(oldRoot) && roots[1].equals(root);
}

function serve(method, url, body) {
  const monitored = /^\/([0-9a-f]{64})\/checkpoint$/.exec(url);
  if (method === 'GET' && monitored) {
    const origin = [...logs.keys()].find((each) => sha256(each).toString('hex') === monitored[1]);
    const note = state[origin ?? '']?.note;
    if (note === undefined) throw new Answer(404, 'nothing cosigned\n');
    return { body: note };
  }
  if (url !== '/add-checkpoint') throw new Answer(404, 'no such thing\n');
  if (method !== 'POST') throw new Answer(405, 'POST it\n');
  return addCheckpoint(body);
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    let answer;
    try {
      answer = { status: 200, ...serve(request.method, request.url, Buffer.concat(parts).toString('utf8')) };
    } catch (fault) {
      if (!(fault instanceof Answer)) throw fault;
      answer = fault;
    }
    const { status, type = 'text/plain; charset=utf-8', body, origin, size } = answer;
    response.writeHead(status, { 'content-type': type }).end(body);
    console.log(JSON.stringify({ status, origin, size }));
  });
});
server.listen(Number(port), '127.0.0.1', () => {
  const key = `${name}+${ownId.toString('hex')}+${Buffer.concat([Buffer.of(4), ownKey]).toString('base64')}`;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}`, key }));
});
