import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app-context.ts';
import type { Attachment, PendingFile } from '../client/index.ts';

/** As large as the server makes thumbnails. */
const SIDE = 320;
const UNITS = ['B', 'KB', 'MB', 'GB'];

export function Attachments({ attachments }: { readonly attachments: readonly Attachment[] }) {
  return (
    <span class="attachments">
      {attachments.map((attachment) => (
        <AttachmentView key={attachment.id} attachment={attachment} />
      ))}
    </span>
  );
}

function AttachmentView({ attachment }: { readonly attachment: Attachment }) {
  const { api } = useApp();
  const [renewed, setRenewed] = useState<Attachment>();
  const { name, size, url, thumbUrl, width, height } = renewed ?? attachment;
  /** Links are good for a day at the most; a page may be open for longer. */
  const renew = (): void => {
    if (renewed) return;
    api.get<Attachment>(`/media/${attachment.id}/info`).then(setRenewed, () => {});
  };
  if (thumbUrl !== null && width !== null && height !== null) {
    const scale = Math.min(1, SIDE / Math.max(width, height));
    return (
      <a class="picture" href={api.link(url)} target="_blank" rel="noopener">
        <img
          src={api.link(thumbUrl)}
          alt={name}
          width={Math.round(width * scale)}
          height={Math.round(height * scale)}
          loading="lazy"
          onError={renew}
        />
      </a>
    );
  }
  return (
    <a class="file" href={api.link(url)} download={name}>
      <span class="clip">{name}</span>
      <span class="small">{sizeOf(size)}</span>
    </a>
  );
}

/** A file on its way. */
export function PendingFileView({ file }: { readonly file: PendingFile }) {
  const isPicture = file.type.startsWith('image/');
  const picture = useObjectUrl(isPicture ? file.blob : undefined);
  return (
    <span class={isPicture ? 'picture' : 'file'}>
      {picture ? <img src={picture} alt={file.name} /> : <span class="clip">{file.name}</span>}
      {!isPicture && <span class="small">{sizeOf(file.size)}</span>}
      {file.progress < 1 && <progress aria-label={`Uploading ${file.name}`} value={file.progress} />}
    </span>
  );
}

export function useObjectUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!blob) return setUrl(undefined);
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}

export function sizeOf(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[power]}`;
}
