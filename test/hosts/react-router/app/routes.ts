import { index, route, type RouteConfig } from '@react-router/dev/routes';

export default [
  index('routes/home.tsx'),
  route('activity', 'routes/activity.tsx'),
  route('examples', 'routes/examples.tsx'),
  route('api/credits/*', 'routes/credits.ts'),
  route('api/bonus', 'routes/bonus.ts'),
  route('api/examples/credits', 'routes/practice.ts'),
] satisfies RouteConfig;
