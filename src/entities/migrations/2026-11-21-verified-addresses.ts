import { Migration } from '@mikro-orm/migrations';

/** An address is whoever's that has verified it. Until then any number of accounts may say that it is theirs. */
export class VerifiedAddresses extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table "user" add column claimed_at timestamptz, add column new_email text`);
    this.addSql(`drop index user_email`);
    this.addSql(`create unique index user_email on "user" (lower(email)) where verified`);
    this.addSql(`
      create index user_email_claim on "user" (lower(email), claimed_at)
        where email is not null and not verified`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop index user_email_claim`);
    this.addSql(`drop index user_email`);
    // One account each, as it was: who has verified it, or else who came first.
    this.addSql(`
      update "user" u set email = null where not verified and exists (
        select 1 from "user" other where lower(other.email) = lower(u.email)
          and (other.verified or other.number < u.number) and other.id <> u.id)`);
    this.addSql(`create unique index user_email on "user" (lower(email)) where email is not null`);
    this.addSql(`alter table "user" drop column new_email, drop column claimed_at`);
  }
}
