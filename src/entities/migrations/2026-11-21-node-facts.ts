import { Migration } from '@mikro-orm/migrations';

/** What each node says about itself whenever it renews its lease. */
export class NodeFacts extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table node add column facts jsonb`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table node drop column facts`);
  }
}
