import { Migration } from '@mikro-orm/migrations';

/** Invitations by email, and the requests for friendship that come of them, which the inviter does not see. */
export class Invitations extends Migration {
  override async up(): Promise<void> {
    this.addSql(`
      create table invitation (
        id uuid primary key,
        inviter_id uuid not null references "user" on delete cascade,
        email text not null,
        created_at timestamptz not null,
        sent_at timestamptz,
        invitee_id uuid references "user" on delete set null,
        withdrawn_at timestamptz,
        accepted_at timestamptz
      )`);
    this.addSql(`create unique index invitation_once on invitation (inviter_id, lower(email))`);
    this.addSql(`create index invitation_email on invitation (lower(email))`);
    this.addSql(`create index invitation_invitee on invitation (invitee_id) where invitee_id is not null`);
    this.addSql(`alter table friendship add column hidden_from_requester boolean not null default false`);
  }

  override async down(): Promise<void> {
    this.addSql(`delete from friendship where hidden_from_requester`);
    this.addSql(`alter table friendship drop column hidden_from_requester`);
    this.addSql(`drop table invitation`);
  }
}
