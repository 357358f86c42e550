// A modal dialog with a title; Esc and a click outside close it.
import './dialog.css';
import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export const ModalDialog = ({ title, onClose, children }: Props) => (
  <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
    <Modal className="modal">
      <Dialog>
        <Heading slot="title" level={2}>
          {title}
        </Heading>
        {children}
      </Dialog>
    </Modal>
  </ModalOverlay>
);
