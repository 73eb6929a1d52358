import { Migration } from '@mikro-orm/migrations';

/** Sessions know every refresh token that they ever gave out, forgive a second tab, end for good, and say where they are used. */
export class SessionFamilies extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      alter table session
        add column family_hash text,
        add column refresh_salt text,
        add column refreshed_at timestamptz,
        add column place text`);
    // A token that was given out before names no family: it is its own.
    this.addSql(`
      update session set
        family_hash = refresh_hash,
        expires_at = least(expires_at, created_at + interval '180 days')`);
    this.addSql(`alter table session alter column family_hash set not null`);
    this.addSql(`create unique index session_family on session (family_hash)`);
    this.addSql(`drop index session_by_previous`);
  }

  override async down(): Promise<void> {
    this.addSql(
      `create index session_by_previous on session (previous_refresh_hash) where previous_refresh_hash is not null`,
    );
    this.addSql(`drop index session_family`);
    this.addSql(`
      alter table session
        drop column family_hash, drop column refresh_salt, drop column refreshed_at, drop column place`);
  }
}
