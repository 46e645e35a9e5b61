/** The one that other dashboards get: see `components/credits/ui`. */
export { Alert } from '@/components/credits/ui/alert';
