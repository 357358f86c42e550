import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventTopic, stateTopic } from './topics.ts';

const named = (site: string, equipmentId: string, alarm: string) => ({
  place: { site, building: 'b', floor: '1', room: 'r' },
  equipmentId,
  alarm,
});

it('reads as site, equipment, alarm', () => {
  expect(stateTopic(named('花园', 'TR-1', 'hot'))).toBe('louwei/alarms/v1/花园/TR-1/hot');
  expect(eventTopic(named('', 'A/B+C#', 'hot'))).toBe('louwei/alarm-events/v1/_/A_B_C_/hot');
});

it('is always one that may be published, six levels deep, whatever the names', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (site, equipmentId, alarm) => {
      const topic = stateTopic(named(site, equipmentId, alarm));
      expect(topic).not.toMatch(/[+#]/);
      expect(topic.includes(String.fromCharCode(0))).toBe(false);
      const levels = topic.split('/');
      expect(levels).toHaveLength(6);
      expect(levels.every((level) => level !== '')).toBe(true);
    }),
  );
});
