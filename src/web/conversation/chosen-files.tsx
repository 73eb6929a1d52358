import { Icon } from '../ui/icons.tsx';
import { sizeOf, useObjectUrl } from './attachments.tsx';

interface ChosenFilesProps {
  readonly files: readonly File[];
  setFiles(files: readonly File[]): void;
}

/** What goes along with the next message. */
export function ChosenFiles({ files, setFiles }: ChosenFilesProps) {
  return (
    <ul class="chosen" aria-label="Files to send">
      {files.map((file, index) => (
        <li key={`${index} ${file.name}`}>
          <Preview file={file} />
          <span class="clip small">{file.name}</span>
          <span class="small muted">{sizeOf(file.size)}</span>
          <button
            type="button"
            class="icon-button"
            aria-label={`Do not send ${file.name}`}
            onClick={() => setFiles(files.filter((each) => each !== file))}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Preview({ file }: { readonly file: File }) {
  const url = useObjectUrl(file.type.startsWith('image/') ? file : undefined);
  return url === undefined ? null : <img src={url} alt="" />;
}
