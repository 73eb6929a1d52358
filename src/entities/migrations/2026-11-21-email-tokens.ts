import { Migration } from '@mikro-orm/migrations';

/** Mails that prove something, and people who have left for good. */
export class EmailTokens extends Migration {
  override async up(): Promise<void> {
    // Unique by person and purpose, so that a new mail takes the place of the one before it.
    this.addSql(`
      create table email_token (
        id uuid primary key,
        user_id uuid not null references "user" on delete cascade,
        purpose text not null check (purpose in ('verify', 'reset')),
        email text not null,
        hash text not null unique,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        used_at timestamptz,
        unique (user_id, purpose)
      )`);
    this.addSql(`alter table "user" add column deleted_at timestamptz`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table "user" drop column deleted_at`);
    this.addSql(`drop table email_token`);
  }
}
