import { Migration } from '@mikro-orm/migrations';

/** What lets nodes that were not told of something find it: each looks for what changed since it looked last. */
export class ManyNodes extends Migration {
  override async up(): Promise<void> {
    // Not touched by marks, so moving one stays inside the page (HOT).
    this.addSql(`create index membership_joined on membership (joined_at)`);
    this.addSql(`create index friendship_changed on friendship (changed_at)`);
    this.addSql(`create index session_revoked on session (revoked_at) where revoked_at is not null`);

    // Tells thousands of moved marks, which move `rev` too, from the few who joined, left or changed role.
    this.addSql(`alter table membership add column place_rev int not null default 0`);
    this.addSql(`update membership set place_rev = rev`);

    // Unlogged like live_user, and as good: after a crash every node says again whom it holds.
    this.addSql(`
      create unlogged table presence_change (
        user_id uuid primary key,
        changed_at timestamptz not null
      )`);
    this.addSql(`create index presence_change_at on presence_change (changed_at)`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table presence_change`);
    this.addSql(`alter table membership drop column place_rev`);
    this.addSql(`drop index membership_joined, friendship_changed, session_revoked`);
  }
}
