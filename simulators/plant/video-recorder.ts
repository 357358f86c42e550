// Video recorder: what cannot be seen or stored leaves a gap in the recording.
import type { Plant } from './plant.ts';

export const videoRecorder: Plant<ReadonlySet<string>> = {
  class: 'video-recorder',
  faults: {
    'channel-lost': 'a camera gives no picture',
    'disk-fault': 'the disk fails',
    'recording-stopped': 'the recording service stops',
  },
  create: () => new Set(),
  step: (_state, _dtS, _nowMs, faults) => new Set(faults),
  points: (active) => ({
    channelLost: active.has('channel-lost'),
    diskFault: active.has('disk-fault'),
    recordingGap: ['channel-lost', 'disk-fault', 'recording-stopped'].some((fault) => active.has(fault)),
  }),
};
