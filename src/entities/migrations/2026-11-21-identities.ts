import { Migration } from '@mikro-orm/migrations';

/** Signing in with an OpenID provider. */
export class Identities extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table identity (
        id uuid primary key,
        user_id uuid not null references "user" on delete cascade,
        issuer text not null,
        subject text not null,
        created_at timestamptz not null,
        last_used_at timestamptz,
        constraint identity_subject unique (issuer, subject)
      )`);
    this.addSql(`create index identity_user on identity (user_id)`);
    this.addSql(`
      create table oidc_visit (
        state_hash text primary key,
        browser_hash text not null,
        memory text not null,
        return_to text not null,
        code_challenge text not null,
        expires_at timestamptz not null
      )`);
    this.addSql(`create index oidc_visit_expiry on oidc_visit (expires_at)`);
    this.addSql(`
      create table proven_identity (
        hash text primary key,
        code_challenge text not null,
        issuer text not null,
        subject text not null,
        verified_email text,
        username text,
        display_name text,
        expires_at timestamptz not null
      )`);
    this.addSql(`create index proven_identity_expiry on proven_identity (expires_at)`);
  }

  override async down(): Promise<void> {
    for (const table of ['proven_identity', 'oidc_visit', 'identity']) this.addSql(`drop table ${table}`);
  }
}
