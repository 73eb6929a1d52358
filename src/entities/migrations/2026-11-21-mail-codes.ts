import { Migration } from '@mikro-orm/migrations';

/** Mails that carry a code, beside a link or instead of one. */
export class MailCodes extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table email_token drop constraint email_token_purpose_check`);
    this.addSql(`
      alter table email_token
        add constraint email_token_purpose_check check (purpose in ('verify', 'reset', 'passcode')),
        alter column hash drop not null,
        add column code_hash text,
        add column tries int not null default 0`);
  }

  override async down(): Promise<void> {
    this.addSql(`delete from email_token where purpose = 'passcode'`);
    this.addSql(`alter table email_token drop constraint email_token_purpose_check`);
    this.addSql(`
      alter table email_token
        add constraint email_token_purpose_check check (purpose in ('verify', 'reset')),
        alter column hash set not null,
        drop column code_hash,
        drop column tries`);
  }
}
