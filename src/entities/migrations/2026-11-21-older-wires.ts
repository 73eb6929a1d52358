import { Migration } from '@mikro-orm/migrations';

/** What the older servers' wires need: tokens of their own kinds, and what they ask of a person. */
export class OlderWires extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table session_token (
        hash text primary key,
        kind text not null,
        session_id uuid not null references session on delete cascade,
        sealed text,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        ended_at timestamptz
      )`);
    this.addSql(`create index session_token_session on session_token (session_id)`);
    this.addSql(`create index session_token_expiry on session_token (expires_at)`);
    this.addSql(`
      alter table "user"
        add column first_name text not null default '',
        add column last_name text not null default '',
        add column phone text,
        add column birthday date`);
    this.addSql(`create unique index user_phone on "user" (phone)`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop index user_phone`);
    this.addSql(`
      alter table "user"
        drop column first_name, drop column last_name, drop column phone, drop column birthday`);
    this.addSql(`drop table session_token`);
  }
}
