import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';

const mediaOf = (MEDIA_URL: string) => readConfig({ MEDIA_URL }).media;

describe('MEDIA_URL', () => {
  it('may be a folder', () => {
    expect(mediaOf('/srv/files')).toMatchObject({ folder: '/srv/files', bucket: undefined });
    expect(readConfig({}).media).toMatchObject({ folder: undefined, bucket: undefined });
  });

  it('may be a bucket, with whatever is in its secret', () => {
    expect(mediaOf('s3://key:a%2Fb%2Bc@s3.example.org/files')).toMatchObject({
      folder: undefined,
      bucket: {
        endpoint: 'https://s3.example.org',
        name: 'files',
        prefix: '',
        region: 'us-east-1',
        key: 'key',
        secret: 'a/b+c',
        pathStyle: true,
      },
    });
    const { bucket } = mediaOf('s3://k:s@localhost:9000/files/of/parlour?tls=off&style=host&region=eu');
    expect(bucket).toMatchObject({
      endpoint: 'http://localhost:9000',
      name: 'files',
      prefix: 'of/parlour/',
      region: 'eu',
      pathStyle: false,
    });
  });

  it.each([
    'https://s3.example.org/files',
    's3://host/files',
    's3://key@host/files',
    's3://key:hidden@host',
    's3://key:hidden@/files',
    's3://key:hid%den@host/files',
    's3://key:hidden@host/files?tls=maybe',
    's3://key:hidden@host/files?nonsense=1',
  ])('may not be %s, which is said without the secret', (url) => {
    expect(() => mediaOf(url)).toThrow(/^MEDIA_URL: must be a folder, or s3:/);
    expect(() => mediaOf(url)).not.toThrow(/hid/);
  });
});
