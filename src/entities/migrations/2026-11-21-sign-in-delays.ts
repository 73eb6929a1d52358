import { Migration } from '@mikro-orm/migrations';

/** How often signing in failed, for all nodes, and where people are known to sign in from. */
export class SignInDelays extends Migration {
  override async up(): Promise<void> {
    // Unlogged: a crash of PostgreSQL forgives everybody, which is no way in for those who cannot cause one.
    this.addSql(`
      create unlogged table sign_in_delay (
        key text primary key,
        failures int not null default 0,
        not_before timestamptz not null default '-infinity',
        forget_at timestamptz not null default clock_timestamp() + interval '1 day'
      )`);
    this.addSql(`create index sign_in_delay_forget on sign_in_delay (forget_at)`);

    // Answers the seconds to wait; 0 has counted one more failure, under the lock of all keys, so that of many
    // attempts at the same moment no more get through than one after the other. Forgets some of what is old.
    this.addSql(`
      create function count_sign_in(
        keys text[], free int[], first_s float8[], most_s float8[], kept_s float8
      ) returns float8 language plpgsql as $$
      declare
        wait float8;
      begin
        delete from sign_in_delay where key in (
          select key from sign_in_delay where forget_at < clock_timestamp() and key <> all (keys)
          order by key limit 100 for update skip locked);
        -- Asked before anything is written: who is refused leaves no trace.
        select extract(epoch from max(not_before) - clock_timestamp()) into wait
          from sign_in_delay where key = any (keys) and not_before > clock_timestamp();
        if wait > 0 then return wait; end if;

        insert into sign_in_delay (key) select each from unnest(keys) each order by each on conflict do nothing;
        perform 1 from sign_in_delay where key = any (keys) order by key for update;
        select extract(epoch from max(not_before) - clock_timestamp()) into wait
          from sign_in_delay where key = any (keys) and not_before > clock_timestamp();
        if wait > 0 then return wait; end if;

        update sign_in_delay d set
          failures = n.failures,
          not_before = case when n.failures <= n.free then d.not_before
            else clock_timestamp()
              + interval '1 s' * least(n.most_s, n.first_s * power(2, n.failures - n.free - 1)) end,
          forget_at = clock_timestamp() + interval '1 s' * kept_s
        from (
          select o.key, p.free, p.first_s, p.most_s,
            case when o.forget_at < clock_timestamp() then 1 else least(o.failures, p.free + 30) + 1 end as failures
          from unnest(keys, free, first_s, most_s) as p (key, free, first_s, most_s)
          join sign_in_delay o on o.key = p.key
        ) n
        where d.key = n.key;
        return 0;
      end $$`);

    this.addSql(`
      create table known_place (
        user_id uuid not null references "user" on delete cascade,
        place text not null,
        seen_at timestamptz not null,
        primary key (user_id, place)
      )`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table known_place`);
    this.addSql(`drop function count_sign_in`);
    this.addSql(`drop table sign_in_delay`);
  }
}
