// Which Zoom account the lists show. There is nothing to choose, and nothing here, while only one sends.
import { useNavigate } from "@tanstack/react-router";
import { rememberAccount, useAccount, useAccounts } from "./account.ts";

export function AccountSwitch() {
  const accounts = useAccounts();
  const account = useAccount();
  const navigate = useNavigate();
  if (accounts.length < 2) return null;
  const choose = (id: string) => {
    rememberAccount(id);
    void navigate({ to: ".", search: (old: Record<string, string | undefined>) => ({ ...old, account: id }), replace: true });
  };
  return (
    <select className={account ? "field account" : "field account all"} aria-label="Zoom account" title="Which Zoom account the lists show" value={account} onChange={(e) => { choose(e.currentTarget.value); }}>
      <option value="">All accounts</option>
      {accounts.map((a) => <option key={a.id} value={a.id}>{a.zoom_id || a.id}</option>)}
    </select>
  );
}
