// Gives a text to the browser as a file to save.
import type { alarmRegister } from '@louwei/server/contract';

export const saveFile = ({ fileName, mediaType, text }: alarmRegister.AlarmExport): void => {
  const address = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The download has taken hold of the blob by the next task.
  setTimeout(() => URL.revokeObjectURL(address), 0);
};
