// A recorder's gap follows from its cause and goes with it.
import { describe, expect, it } from 'vitest';
import { PLANTS } from './registry.ts';

describe('video recorder', () => {
  it.each([
    [[], { channelLost: false, diskFault: false, recordingGap: false }],
    [['channel-lost'], { channelLost: true, diskFault: false, recordingGap: true }],
    [['disk-fault'], { channelLost: false, diskFault: true, recordingGap: true }],
    [['recording-stopped'], { channelLost: false, diskFault: false, recordingGap: true }],
  ])('with %j shows %j, and nothing after repair', (faults, expected) => {
    const machine = PLANTS.get('video-recorder')?.build(1);
    machine?.step(1, 0, new Set(faults));
    expect(machine?.points()).toEqual(expected);
    machine?.step(1, 1_000, new Set());
    expect(machine?.points()).toMatchObject({ channelLost: false, diskFault: false, recordingGap: false });
  });
});
