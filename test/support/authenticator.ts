import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
}

/** What may go differently from what is asked. */
export interface Ceremony {
  readonly origin?: string;
  readonly challenge?: string;
  readonly rpId?: string;
  /** By finger, face or PIN. */
  readonly userVerified?: boolean;
  /** Keeps to itself whose key it is, as security keys may. */
  readonly anonymous?: boolean;
  /** Sets the counter back or forth before it counts. */
  readonly counter?: number;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;

/** A security key in software: ES256, no attestation, a counter. As strict as a browser about nothing. */
export class Authenticator {
  readonly id = randomBytes(16);
  readonly #origin: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: { readonly x: Buffer; readonly y: Buffer };
  #counter = 0;
  #userHandle = '';

  constructor(origin: string) {
    this.#origin = origin;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.#privateKey = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    this.#publicKey = { x: Buffer.from(x, 'base64url'), y: Buffer.from(y, 'base64url') };
  }

  /** `navigator.credentials.create` */
  create(options: CreationOptions, ceremony: Ceremony = {}): object {
    this.#userHandle = options.user.id;
    const clientData = this.#clientData('webauthn.create', options.challenge, ceremony);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.id, this.#coseKey()]);
    const authData = this.#authData(options.rp.id, ceremony, attested);
    const attestationObject = cbor(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]),
    );
    return this.#credential({
      clientDataJSON: text(clientData),
      attestationObject: text(attestationObject),
      transports: ['usb'],
    });
  }

  /** `navigator.credentials.get` */
  get(options: RequestOptions, ceremony: Ceremony = {}): object {
    const clientData = this.#clientData('webauthn.get', options.challenge, ceremony);
    const authData = this.#authData(options.rpId, ceremony);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    return this.#credential({
      clientDataJSON: text(clientData),
      authenticatorData: text(authData),
      signature: text(sign('sha256', signed, this.#privateKey)),
      userHandle: ceremony.anonymous ? undefined : this.#userHandle,
    });
  }

  #credential(response: object): object {
    const id = text(this.id);
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
  }

  #clientData(type: string, asked: string, { origin = this.#origin, challenge = asked }: Ceremony): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  #authData(asked: string, ceremony: Ceremony, attested?: Buffer): Buffer {
    const { rpId = asked, userVerified = true, counter = this.#counter } = ceremony;
    this.#counter = counter + 1;
    const flags = USER_PRESENT | (userVerified ? USER_VERIFIED : 0) | (attested ? ATTESTED : 0);
    const rest = Buffer.alloc(5);
    rest.writeUInt8(flags);
    rest.writeUInt32BE(this.#counter, 1);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), rest, attested ?? Buffer.alloc(0)]);
  }

  /** A key on P-256 as COSE writes it down (RFC 9053). */
  #coseKey(): Buffer {
    const [kty, alg, crv, x, y] = [1, 3, -1, -2, -3];
    const { x: atX, y: atY } = this.#publicKey;
    return cbor(
      new Map<number, unknown>([
        [kty!, 2],
        [alg!, -7],
        [crv!, 1],
        [x!, atX],
        [y!, atY],
      ]),
    );
  }
}

function text(bytes: Buffer): string {
  return bytes.toString('base64url');
}

/** As much of CBOR (RFC 8949) as keys and attestations are made of. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flat().map(cbor)]);
  throw new Error(`no CBOR for ${typeof value}`);
}

function head(major: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(major << 5) | size]);
  if (size < 256) return Buffer.from([(major << 5) | 24, size]);
  return Buffer.from([(major << 5) | 25, size >> 8, size & 255]);
}
