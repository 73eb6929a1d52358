import { Migration } from '@mikro-orm/migrations';

/** Who hears of everybody's comings and goings, how far they have heard, and what there is to hear. */
export class TheLobby extends Migration {
  override async up(): Promise<void> {
    // One row. Whoever adds events holds it until they commit, so the order of positions is the order of commits.
    this.addSql(`
      create table lobby (
        only_one boolean primary key default true check (only_one),
        position bigint not null default 0
      ) with (fillfactor = 20)`);
    this.addSql(`insert into lobby default values`);
    // No foreign keys: it says what was, with the names of then. Events of a group are for those who are in it.
    this.addSql(`
      create table lobby_event (
        position bigint primary key,
        kind text not null check (kind in ('arrived', 'departed', 'joined', 'left', 'opened', 'closed')),
        user_id uuid,
        name text,
        conversation_id uuid,
        group_name text,
        after_seq int,
        at timestamptz not null
      )`);
    this.addSql(`create index lobby_event_of_all on lobby_event (position) where conversation_id is null`);
    this.addSql(`
      create index lobby_event_of_group on lobby_event (conversation_id, position)
      where conversation_id is not null`);
    // Rewritten with every event that is shown: no index holds what changes then.
    this.addSql(`
      create table lobby_visit (
        session_id uuid primary key references session on delete cascade,
        user_id uuid not null unique references "user" on delete cascade,
        name text not null,
        active_at timestamptz not null,
        position bigint not null,
        shown_parts int not null default 0,
        claim uuid,
        claimed_until timestamptz
      ) with (fillfactor = 50)`);
    // One that was given up stays until its visitor has heard what was said while they had it.
    this.addSql(`
      create table lobby_seat (
        id bigint generated always as identity primary key,
        session_id uuid not null references lobby_visit on delete cascade,
        conversation_id uuid not null references conversation on delete cascade,
        entered boolean not null,
        since_position bigint not null,
        until_position bigint,
        shown_seq int not null,
        until_seq int
      ) with (fillfactor = 50)`);
    this.addSql(`
      create unique index lobby_seat_taken on lobby_seat (session_id, conversation_id)
      where until_position is null`);
    this.addSql(`create index lobby_seat_of_visit on lobby_seat (session_id)`);
    this.addSql(`create index lobby_seat_of_group on lobby_seat (conversation_id)`);

    // What a guest was called who has gone: somebody else may be called so now.
    this.addSql(`alter table "user" add column former_name text`);
    this.addSql(`alter table conversation add column closed_at timestamptz`);
    this.addSql(`create index conversation_closed on conversation (name) where closed_at is not null`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table conversation drop column closed_at`);
    this.addSql(`alter table "user" drop column former_name`);
    this.addSql(`drop table lobby_seat, lobby_visit, lobby_event, lobby`);
  }
}
