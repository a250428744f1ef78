// The login. Nothing of Earshot can be seen before it.
import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type FormEvent } from "react";
import { request } from "../../api/client.ts";
import { sessionQuery } from "../../api/queries.ts";
import type { Session } from "../../api/types.ts";
import { queryClient } from "../../live/follow.ts";
import { Mantine } from "../../mantine/Mantine.tsx";
import { Brand } from "../../shell/Brand.tsx";
import "./login.css";

export function LoginPage() {
  const { next } = useSearch({ from: "/login" });
  const navigate = useNavigate();
  const [user, setUser] = useState("admin");
  const [password, setPassword] = useState("");
  useEffect(() => { document.title = "Log in · Earshot"; }, []);
  const login = useMutation({
    mutationFn: () => request<Session>("POST", "/api/v1/session", { user, password }),
    onSuccess: async (session) => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      await navigate({ href: inside(next) ?? "/overview", replace: true });
    },
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    login.mutate();
  };
  return (
    <main className="login">
      <form onSubmit={submit} className="panel" aria-labelledby="login-title">
        <h1 id="login-title" className="brand"><Brand />Earshot</h1>
        <Mantine>
          <TextInput label="User" name="username" autoComplete="username" value={user} onChange={(e) => { setUser(e.currentTarget.value); }} required withAsterisk={false} />
          <TextInput type="password" label="Password" name="password" autoComplete="current-password" value={password} onChange={(e) => { setPassword(e.currentTarget.value); }} required withAsterisk={false} />
        </Mantine>
        <p className="login-error g-bad" role="alert">{login.error?.message}</p>
        <button type="submit" className="btn primary" disabled={login.isPending}>{login.isPending ? "Logging in …" : "Log in"}</button>
        <p className="t3 f12">The first start wrote the admin’s password to a file and said where.</p>
      </form>
    </main>
  );
}

/** Only a path of this very site: a link must not lead elsewhere after the login. */
function inside(next: string | undefined): string | undefined {
  return next && /^\/(?![/\\])/.test(next) && !next.startsWith("/login") ? next : undefined;
}
