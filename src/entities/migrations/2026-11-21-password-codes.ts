import { Migration } from '@mikro-orm/migrations';

/** A mail whose code is good for a new password. */
export class PasswordCodes extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table email_token drop constraint email_token_purpose_check`);
    this.addSql(`
      alter table email_token
        add constraint email_token_purpose_check check (purpose in ('verify', 'reset', 'passcode', 'password'))`);
  }

  override async down(): Promise<void> {
    this.addSql(`delete from email_token where purpose = 'password'`);
    this.addSql(`alter table email_token drop constraint email_token_purpose_check`);
    this.addSql(`
      alter table email_token
        add constraint email_token_purpose_check check (purpose in ('verify', 'reset', 'passcode'))`);
  }
}
