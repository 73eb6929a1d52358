import { Migration } from '@mikro-orm/migrations';

/** Authenticator apps, recovery codes and passkeys. */
export class SecondFactors extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table totp (
        user_id uuid primary key references "user" on delete cascade,
        secret text not null,
        created_at timestamptz not null,
        confirmed_at timestamptz,
        last_step integer not null default 0,
        failures integer not null default 0,
        paused_until timestamptz
      )`);
    this.addSql(`
      create table recovery_code (
        user_id uuid not null references "user" on delete cascade,
        hash text not null,
        primary key (user_id, hash)
      )`);
    this.addSql(`
      create table passkey (
        id uuid primary key,
        user_id uuid not null references "user" on delete cascade,
        name text not null,
        credential_id text not null unique,
        public_key text not null,
        counter bigint not null,
        knows_owner boolean not null,
        transports jsonb not null,
        created_at timestamptz not null,
        last_used_at timestamptz
      )`);
    this.addSql(`create index passkey_user on passkey (user_id)`);
    this.addSql(`
      create table challenge (
        id uuid primary key,
        purpose text not null
          check (purpose in ('second-factor', 'passkey-sign-in', 'passkey-proof', 'passkey-registration')),
        hash text not null unique,
        user_id uuid references "user" on delete cascade,
        device text not null default '',
        webauthn text,
        tries integer not null default 0,
        expires_at timestamptz not null
      )`);
    this.addSql(`create index challenge_user on challenge (user_id)`);
    this.addSql(`create index challenge_expiry on challenge (expires_at)`);
    // Whoever has another way in than a password is no guest, even without one.
    this.addSql(`alter table "user" add column other_way_in boolean not null default false`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table "user" drop column other_way_in`);
    for (const table of ['challenge', 'passkey', 'recovery_code', 'totp']) this.addSql(`drop table ${table}`);
  }
}
