import { Migration } from '@mikro-orm/migrations';

/** Groups have pictures, as people have. */
export class GroupPictures extends Migration {
  override async up(): Promise<void> {
    // Both or neither: the picture, and the key that opens it to whoever was shown the group.
    this.addSql(`alter table conversation add column avatar_id uuid, add column avatar_key text,
      add check ((avatar_id is null) = (avatar_key is null))`);
  }

  override async down(): Promise<void> {
    this.addSql(`update media set state = 'removed' where id in (select avatar_id from conversation)`);
    this.addSql(`alter table conversation drop column avatar_id, drop column avatar_key`);
  }
}
