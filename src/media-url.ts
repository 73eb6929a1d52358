/** A bucket of S3, or of what speaks like it. */
export interface Bucket {
  readonly endpoint: string;
  readonly name: string;
  /** In front of every name: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
  readonly key: string;
  readonly secret: string;
  /** The bucket's name in the path, which all servers know, instead of in the host's name. */
  readonly pathStyle: boolean;
}

export interface MediaPlace {
  readonly folder: string | undefined;
  readonly bucket: Bucket | undefined;
}

const FORM = 's3://key:secret@host[:port]/bucket[/folder][?region=…&tls=off&style=host]';
const DEFAULT_REGION = 'us-east-1';

/** A folder, or a bucket: `s3://key:secret@host/bucket`. What is wrong is said without repeating the secret. */
export function parseMediaUrl(text: string): MediaPlace {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return { folder: text, bucket: undefined };
  if (!/^s3:\/\//i.test(text) || !URL.canParse(text)) throw wrong();
  const { host, username, password, pathname, searchParams } = new URL(text);
  const [name, ...folders] = pathname.split('/').filter((part) => part !== '');
  if (host === '' || name === undefined || username === '' || password === '') throw wrong();
  const { region = DEFAULT_REGION, tls = 'on', style = 'path', ...rest } = Object.fromEntries(searchParams);
  if (Object.keys(rest).length > 0 || !/^(?:on|off)$/.test(tls) || !/^(?:path|host)$/.test(style)) {
    throw wrong();
  }
  const bucket = {
    endpoint: `${tls === 'off' ? 'http' : 'https'}://${host}`,
    name,
    prefix: folders.map((folder) => `${folder}/`).join(''),
    region,
    key: decode(username),
    secret: decode(password),
    pathStyle: style === 'path',
  };
  return { folder: undefined, bucket };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong();
  }
}

function wrong(): Error {
  return new Error(`must be a folder, or ${FORM} with the key and the secret URL-encoded`);
}
