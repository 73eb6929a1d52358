import { Migration } from '@mikro-orm/migrations';

/** Finds the sessions whose time has just ended: somebody may still be connected. */
export class SessionExpiry extends Migration {
  override async up(): Promise<void> {
    this.addSql(`create index session_expiry on session (expires_at)`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop index session_expiry`);
  }
}
