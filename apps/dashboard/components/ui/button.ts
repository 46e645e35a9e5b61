/** The one that other dashboards get: see `components/credits/ui`. */
export { Button, buttonVariants } from '@/components/credits/ui/button';
