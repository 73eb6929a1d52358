import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface ModalProps {
  readonly title: string;
  readonly children: ComponentChildren;
  onClose(): void;
}

/** The browser's own dialog: it keeps the focus inside, closes with Escape, and gives the focus back. */
export function Modal({ title, children, onClose }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div class="form">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

interface DialogActionsProps {
  /** The way to go on. */
  readonly children: ComponentChildren;
  onCancel(): void;
}

export function DialogActions({ children, onCancel }: DialogActionsProps) {
  return (
    <div class="dialog-actions">
      <button type="button" class="button" onClick={onCancel}>
        Cancel
      </button>
      {children}
    </div>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly danger?: boolean;
  onYes(): void;
  onClose(): void;
}

export function Confirm({ title, text, yes, danger = false, onYes, onClose }: ConfirmProps) {
  return (
    <Modal title={title} onClose={onClose}>
      <p>{text}</p>
      <DialogActions onCancel={onClose}>
        <button
          type="button"
          class={`button ${danger ? 'danger' : 'primary'}`}
          onClick={() => {
            onClose();
            onYes();
          }}
        >
          {yes}
        </button>
      </DialogActions>
    </Modal>
  );
}
