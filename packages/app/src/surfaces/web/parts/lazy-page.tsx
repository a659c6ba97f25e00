/** @module A page whose code comes when it is first opened. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../state/api.ts";
import { Failure, Loading } from "./states.tsx";

/** `load` is called once; a failed load can be tried again. */
export function lazyPage<Properties extends object>(
  load: () => Promise<ComponentType<Properties>>,
): ComponentType<Properties> {
  let loaded: ComponentType<Properties> | null = null;
  return function LazyPage(properties: Properties) {
    const [Page, setPage] = useState(() => loaded);
    const [error, setError] = useState<ApiError | null>(null);
    const start = () => {
      setError(null);
      load().then(
        (page) => {
          loaded = page;
          setPage(() => page);
        },
        () => setError(new ApiError(0, "unreachable", "The page's code could not be loaded.")),
      );
    };
    useEffect(() => {
      if (!Page) start();
    }, []);
    if (Page) return <Page {...properties} />;
    return error ? <Failure error={error} retry={start} /> : <Loading />;
  };
}
