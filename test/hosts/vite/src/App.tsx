export default function App() {
  return <header className="flex h-16 items-center justify-between border-b px-6">My dashboard</header>;
}
