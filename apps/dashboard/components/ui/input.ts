/** The one that other dashboards get: see `components/credits/ui`. */
export { Input } from '@/components/credits/ui/input';
