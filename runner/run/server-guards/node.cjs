// Loaded by Node.js before a step's program, and before those that it starts: no session of PostgreSQL begins on
// another server than the run's. It may be the reader's own, however a program has come to its address.
const { Socket } = require("node:net");

/** The run's server: a host, or the directory of its socket, and a port. */
const server = process.env.GUIDE_SERVER ?? "";
const { connect, write } = Socket.prototype;

/**
 * Where a socket connects to.
 * @type {WeakMap<object, string>}
 */
const places = new WeakMap();

/**
 * @param {unknown[]} words of a call of `connect`: options, a port and a host, or a path
 * @returns {string} in the form of the run's server
 */
function placeOf([first, second]) {
  const [one] = Array.isArray(first) ? first : [first]; // net.connect has put its words into a list
  const { path, host, port } = typeof one === "object" ? one : { host: second, port: one };
  const socket = /^(.*)\/\.s\.PGSQL\.(\d+)$/.exec(path ?? (Number.isNaN(Number(port)) ? port : ""));
  return socket ? `${socket[1]} ${socket[2]}` : `${host ?? "localhost"} ${port}`;
}

/**
 * @param {string} place
 * @returns {string} the same for all names of this machine, and for a server of Neon's and its pooler
 */
function comparable(place) {
  return place
    .toLowerCase()
    .replace(/^(?:127\.[\d.]+|\[?::1\]?|0\.0\.0\.0|::) /, "localhost ")
    .replace(/^([\w-]+)-pooler\./, "$1.");
}

/**
 * True for a client's first message: its length, and then version 3 of the protocol, or what it asks before that.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 * @param {unknown} chunk
 */
function beginsSession(chunk) {
  if (!(chunk instanceof Uint8Array) || chunk.length < 8) return false;
  const bytes = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  return bytes.getUint32(0) === chunk.length && [3, 1234].includes(bytes.getUint16(4));
}

/**
 * With TLS from the beginning, nothing is written to the socket below by itself.
 * @param {object} socket
 */
function placeBelow(socket) {
  const below = "_parent" in socket && socket._parent;
  return below instanceof Socket ? places.get(below) : undefined;
}

/** @param {unknown[]} words */
Socket.prototype.connect = function (...words) {
  places.set(this, placeOf(words));
  return Reflect.apply(connect, this, words);
};

/** @param {unknown[]} words */
Socket.prototype.write = function (...words) {
  const place = places.get(this) ?? placeBelow(this);
  if (place === undefined || !beginsSession(words[0]) || comparable(place) === comparable(server))
    return Reflect.apply(write, this, words);
  const where = place.replace(/ (?=\d+$)/, ":");
  const message = `${where} is not the server of this run. It may be your own. Connect to DATABASE_URL.`;
  this.destroy(new Error(message));
  return false;
};
