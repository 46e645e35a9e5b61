/** The one that other dashboards get: see `components/credits/ui`. */
export {
  Card,
  CardAction,
  CardContent,
  CardDescription,
  CardFooter,
  CardHeader,
  CardTitle,
} from '@/components/credits/ui/card';
