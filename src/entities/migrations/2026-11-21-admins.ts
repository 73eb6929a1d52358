import { Migration } from '@mikro-orm/migrations';

/** What admins do to people, and what is written down about it. */
export class Admins extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table "user" add column suspended_at timestamptz, add column admin_name text unique`);
    // Without the account: who has been deleted is not remembered here, only that the name has had its admin.
    this.addSql(`
      create table spent_admin_name (
        name text primary key,
        spent_at timestamptz not null
      )`);

    // People leave seldom, and only an export looks for where they were.
    this.addSql(
      `create index membership_left on membership (user_id, conversation_id) where left_at is not null`,
    );

    // No foreign keys: it outlives both people, and names them as they were called then.
    this.addSql(`
      create table audit_entry (
        id bigint generated always as identity primary key,
        at timestamptz not null,
        action text not null,
        admin_id uuid not null,
        admin_username text not null,
        user_id uuid not null,
        user_username text not null,
        session_id uuid,
        address text,
        note text not null
      )`);
    this.addSql(`create index audit_entry_user on audit_entry (user_id, id)`);
    this.addSql(`create index audit_entry_admin on audit_entry (admin_id, id)`);
    this.addSql(`
      create function refuse_to_rewrite_audit() returns trigger language plpgsql as $$
      begin
        raise exception 'the audit log is only added to';
      end $$`);
    this.addSql(`
      create trigger audit_entry_stays before update or delete or truncate on audit_entry
      for each statement execute function refuse_to_rewrite_audit()`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table audit_entry, spent_admin_name`);
    this.addSql(`drop index membership_left`);
    this.addSql(`drop function refuse_to_rewrite_audit`);
    this.addSql(`alter table "user" drop column suspended_at, drop column admin_name`);
  }
}
