import { asFailure, ChatFailure } from './failure.ts';

export interface Answer {
  readonly status: number;
  /** Undefined when it is no JSON. */
  readonly body: unknown;
  readonly retryAfter: string | null;
}

export interface FileToSend {
  readonly method: string;
  readonly token: string;
  readonly file: Blob;
  readonly onProgress?: ((part: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The server's name for the part of the form that is the file. */
const FIELD = 'file';

/** Without a limit of time: a large file over a slow line takes as long as it takes. */
export function sendFile(url: string, toSend: FileToSend): Promise<Answer> {
  // `fetch` does not tell how far it is; outside of browsers there is nothing else.
  return typeof XMLHttpRequest === 'undefined' ? sendByFetch(url, toSend) : sendByXhr(url, toSend);
}

function formOf(file: Blob): FormData {
  const form = new FormData();
  form.append(FIELD, file, file instanceof File ? file.name : 'file');
  return form;
}

async function sendByFetch(
  url: string,
  { method, token, file, onProgress, signal }: FileToSend,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      headers: { Authorization: `Bearer ${token}` },
      body: formOf(file),
      signal: signal ?? null,
    });
    onProgress?.(1);
    return answerOf(response.status, await response.text(), response.headers.get('retry-after'));
  } catch (error) {
    throw asFailure(error);
  }
}

function sendByXhr(url: string, { method, token, file, onProgress, signal }: FileToSend): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const give = (message: string) => () => reject(new ChatFailure({ code: 'offline', message }));
    const abort = (): void => xhr.abort();
    signal?.addEventListener('abort', abort, { once: true });
    xhr.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable && total > 0) onProgress?.(loaded / total);
    };
    xhr.onload = () => resolve(answerOf(xhr.status, xhr.responseText, xhr.getResponseHeader('retry-after')));
    xhr.onerror = give('the line broke');
    xhr.onabort = give('given up');
    xhr.onloadend = () => signal?.removeEventListener('abort', abort);
    xhr.open(method, url);
    xhr.setRequestHeader('Authorization', `Bearer ${token}`);
    xhr.send(formOf(file));
  });
}

function answerOf(status: number, text: string, retryAfter: string | null): Answer {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Not ours: what stands in front of the server speaks HTML.
  }
  return { status, body, retryAfter };
}
