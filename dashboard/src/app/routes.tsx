// Every screen and its address. A new screen is one line here.
import { useTranslation } from 'react-i18next';
import { Navigate, Route, Routes } from 'react-router';
import { JournalPage } from '../features/alarm-lists/journal-page.tsx';
import { ServicePage } from '../features/alarm-lists/service-page.tsx';
import { ShelvedPage } from '../features/alarm-lists/shelved-page.tsx';
import { SuppressedPage } from '../features/alarm-lists/suppressed-page.tsx';
import { AlarmSystemPage } from '../features/alarm-system/alarm-system-page.tsx';
import { FloodsPage } from '../features/alarm-system/floods-page.tsx';
import { HealthPage } from '../features/alarm-system/health-page.tsx';
import { ListPage } from '../features/alarm-system/list-page.tsx';
import { PositionsPage } from '../features/alarm-system/positions-page.tsx';
import { AlarmsPage } from '../features/alarms/alarms-page.tsx';
import { DevicePage } from '../features/commissioning/device-page.tsx';
import { DevicesPage } from '../features/commissioning/devices-page.tsx';
import { GatewaysPage } from '../features/commissioning/gateways-page.tsx';
import { EquipmentPage } from '../features/equipment/equipment-page.tsx';
import { OutwardPage } from '../features/outward/outward-page.tsx';
import { OverviewPage } from '../features/overview/overview-page.tsx';
import { BoardPage } from '../features/work-orders/board-page.tsx';
import { NewOrderPage } from '../features/work-orders/new-order-page.tsx';
import { OrderPage } from '../features/work-orders/order-page.tsx';

export const NAVIGATION = [
  { path: '/', key: 'overview' },
  { path: '/alarms', key: 'alarms' },
  { path: '/work-orders', key: 'workOrders' },
  { path: '/alarm-system', key: 'alarmSystem' },
] as const;

const NotFound = () => <p>{useTranslation().t('common.notFound')}</p>;

export const Screens = () => (
  <Routes>
    <Route path="/" element={<OverviewPage />} />
    <Route path="/alarms" element={<AlarmsPage />} />
    <Route path="/alarms/shelved" element={<ShelvedPage />} />
    <Route path="/alarms/suppressed" element={<SuppressedPage />} />
    <Route path="/alarms/out-of-service" element={<ServicePage />} />
    <Route path="/alarms/journal" element={<JournalPage />} />
    <Route path="/equipment/:id" element={<EquipmentPage />} />
    <Route path="/work-orders" element={<BoardPage />} />
    <Route path="/work-orders/new" element={<NewOrderPage />} />
    <Route path="/work-orders/:id" element={<OrderPage />} />
    <Route path="/alarm-system" element={<AlarmSystemPage />}>
      <Route index element={<Navigate to="health" replace />} />
      <Route path="health" element={<HealthPage />} />
      <Route path="floods" element={<FloodsPage />} />
      <Route path="list" element={<ListPage />} />
      <Route path="positions" element={<PositionsPage />} />
    </Route>
    <Route path="/gateways" element={<GatewaysPage />} />
    <Route path="/gateways/:id" element={<DevicesPage />} />
    <Route path="/gateways/:id/devices/new" element={<DevicePage />} />
    <Route path="/gateways/:id/devices/:device" element={<DevicePage />} />
    <Route path="/outward" element={<OutwardPage />} />
    <Route path="*" element={<NotFound />} />
  </Routes>
);
