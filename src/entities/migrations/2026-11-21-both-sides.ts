import { Migration } from '@mikro-orm/migrations';

/** A friendship keeps what each of the two has said of it, and since when; its status is what comes of both. */
export class BothSides extends Migration {
  override async up(): Promise<void> {
    const side = `text not null check (side in ('pending', 'accepted', 'rejected'))`;
    this.addSql(`
      alter table friendship
        add column requester_status ${side.replace('side', 'requester_status')} default 'accepted',
        add column addressee_status ${side.replace('side', 'addressee_status')} default 'pending',
        add column requester_chose_at timestamptz`);
    // Who ended one is not known any more.
    this.addSql(`
      update friendship set requester_chose_at = asked_at,
        requester_status = case when status = 'ended' then 'rejected' else 'accepted' end,
        addressee_status = case when status = 'ended' then 'rejected' else status end`);
    this.addSql(`
      alter table friendship
        alter column requester_status drop default,
        alter column addressee_status drop default,
        alter column requester_chose_at set not null,
        add constraint friendship_status_of_both check (status = 'ended' or status = case
          when 'rejected' in (requester_status, addressee_status) then 'rejected'
          when requester_status = 'accepted' and addressee_status = 'accepted' then 'accepted'
          else 'pending' end)`);
  }

  override async down(): Promise<void> {
    this.addSql(`
      alter table friendship
        drop constraint friendship_status_of_both,
        drop column requester_status, drop column addressee_status, drop column requester_chose_at`);
  }
}
