// Follows what happens from the moment that somebody is known to be logged in.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { sessionQuery } from "../api/queries.ts";
import { hub, sweep } from "../live/follow.ts";

export function useFollowing(): void {
  const user = useQuery(sessionQuery).data?.user;
  useEffect(() => {
    if (user === undefined) return;
    hub.start();
    return sweep();
  }, [user]);
}
