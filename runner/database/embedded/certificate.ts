import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** In PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

/**
 * Makes a certificate that trusts itself, for this machine's loopback address. Node.js can read
 * certificates, but not make them: https://www.rfc-editor.org/rfc/rfc5280
 */
export function selfSign(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keyInfo = publicKey.export({ type: "spki", format: "der" });
  const name = sequence(set(sequence(oid(85, 4, 3), der(0x0c, Buffer.from("localhost")))));
  const now = Date.now();
  const content = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(time(now - DAY_MS), time(now + 30 * DAY_MS)),
    name,
    keyInfo,
    der(0xa3, sequence(...extensions(keyInfo))),
  );
  const signature = sign("sha256", content, privateKey);
  const whole = sequence(content, ecdsaWithSha256, der(3, Buffer.from([0]), signature));
  return {
    certificate: pem(whole),
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
  };
}

function extensions(keyInfo: Buffer): Buffer[] {
  const isTrue = der(1, Buffer.from([0xff]));
  const names = sequence(
    der(0x82, Buffer.from("localhost")),
    der(0x87, Buffer.from([127, 0, 0, 1])),
  );
  const point = keyInfo.subarray(-65); // of this curve
  const keyId = createHash("sha1").update(point).digest();
  const usage = Buffer.from([2, 0b1000_0100]); // signs data and certificates
  return [
    sequence(oid(85, 29, 19), isTrue, der(4, sequence(isTrue))),
    sequence(oid(85, 29, 15), isTrue, der(4, der(3, usage))),
    sequence(oid(85, 29, 14), der(4, der(4, keyId))),
    sequence(oid(85, 29, 17), der(4, names)),
  ];
}

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));

/** An element in DER: its tag, its length, its content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function set(...parts: readonly Buffer[]): Buffer {
  return der(0x31, ...parts);
}

function integer(bytes: Buffer): Buffer {
  return der(2, bytes);
}

/** @param bytes of the identifier, as they are encoded */
function oid(...bytes: readonly number[]): Buffer {
  return der(6, Buffer.from(bytes));
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/^..|[-:T]|\.\d+/g, "");
  return der(0x17, Buffer.from(text));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
