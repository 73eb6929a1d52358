import { defineEntity, p } from '@mikro-orm/core';

const PasskeySchema = defineEntity({
  name: 'Passkey',
  tableName: 'passkey',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    /** What its owner calls it. */
    name: p.text(),
    /** Chosen by the authenticator; base64url, as is the key. */
    credentialId: p.text().unique(),
    publicKey: p.text(),
    /** Uses, as the authenticator counts them; 0 for good from those that do not count. */
    counter: p.bigint('number'),
    /** It knew its owner when it was made (by finger, face or PIN), so it can sign in with nothing else. */
    knowsOwner: p.boolean(),
    transports: p.json<readonly string[]>(),
    createdAt: p.datetime().columnType('timestamptz'),
    lastUsedAt: p.datetime().columnType('timestamptz').nullable(),
  },
});

/** A key pair whose private half never leaves somebody's phone, computer or security key. */
export class Passkey extends PasskeySchema.class {
  used(counter: number, now: Date): void {
    this.counter = counter;
    this.lastUsedAt = now;
  }
}
PasskeySchema.setClass(Passkey);
