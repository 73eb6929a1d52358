import { describe, expect, it } from 'vitest';
import { mailOf } from '../../src/chat/letter.ts';

describe('a mail', () => {
  const hostile = `<script>alert("1")</script> & 'so on'`;
  const mail = mailOf({
    userId: 'id-of-alice',
    to: 'alice@example.org',
    subject: hostile,
    parts: [hostile, { link: `https://example.org/?a=1&b="><b>` }, { code: '012345' }, { name: hostile }],
  });

  it('takes whatever stands in it for text', () => {
    expect(mail.html).not.toMatch(/<script|<b>|"1"/);
    expect(
      mail.html.match(/&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt; &amp; &#39;so on&#39;/g),
    ).toHaveLength(3);
    expect(mail.html).toContain('<a href="https://example.org/?a=1&amp;b=&quot;&gt;&lt;b&gt;">');
  });

  it('says in plain text just what it says', () => {
    expect(mail.text.split('\n\n')).toEqual([
      hostile,
      'https://example.org/?a=1&b="><b>',
      '012345',
      `${hostile}\n`,
    ]);
  });

  it('loads nothing from anywhere', () => {
    expect(mail.html).not.toMatch(/<(img|link|iframe|style)|src=|url\(/);
  });
});
