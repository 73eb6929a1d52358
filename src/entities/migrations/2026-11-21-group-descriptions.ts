import { Migration } from '@mikro-orm/migrations';

/** Groups say what they are about. */
export class GroupDescriptions extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table conversation add column description text not null default ''`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table conversation drop column description`);
  }
}
