// The API as the dashboard sees it. Written by npm run generate from openapi.json.

export interface paths {
    "/api/auth/sign-in/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with email and password
         * @description Sets the session cookie. Ten wrong passwords a minute for one email from one address, thirty attempts from one address.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: email */
                        email: string;
                        password: string;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            user: components["schemas"]["User"];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends the session, not only its cookie. Does nothing for a visitor who is not signed in.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/get-session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is signed in
         * @description Both fields are null for a visitor who is not.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            user: components["schemas"]["User"] | null;
                            expires_at: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/change-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change one’s own password
         * @description Signs out all one’s other browsers.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        current_password: string;
                        new_password: string;
                    };
                };
            };
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the first administrator is still missing
         * @description `time_zone` is the reporting zone in force, to be confirmed at setup.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Of a setup link, to learn whether it works. */
                    token?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            needed: boolean;
                            time_zone: string;
                            /**
                             * @description What the token is worth; left out where none was given.
                             * @enum {string}
                             */
                            link?: "valid" | "unknown" | "expired" | "already_set_up";
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make the first administrator
         * @description Takes the token of the link that is printed at start. Signs in: sets the session cookie.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /** Format: email */
                        email: string;
                        password: string;
                        token: string;
                        /** @description The zone whose calendar days are counted, by its IANA name. */
                        time_zone?: string;
                    };
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            user: components["schemas"]["User"];
                            time_zone: string;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All administrators, oldest first
         * @description Everybody who signs in may do everything: there is one role.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            users: components["schemas"]["ListedUser"][];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Add an administrator
         * @description Without a password a temporary one is made and shown in this answer, this once.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /** Format: email */
                        email: string;
                        password?: string;
                    };
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            user: components["schemas"]["ListedUser"];
                            temporary_password: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove an administrator and sign them out
         * @description At once, in all their browsers. Their keys go on. Nobody removes themselves, so somebody is always left.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All keys, newest first, revoked ones included
         * @description Without their secrets, which are kept nowhere. `prefix` is how a secret begins.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            keys: components["schemas"]["ApiKey"][];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a key
         * @description `secret` is what programs send. It is shown in this answer and never again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                    };
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            prefix: string;
                            secret: string;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a key
         * @description At once here, within ten seconds in other processes. The key stays in the list.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who changed what, newest first
         * @description Each entry was written with its change, in one transaction. Contacts are named by id alone, so it outlives an erasure.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            entries: components["schemas"]["AuditEntry"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All sequences, newest first
         * @description Without their steps, and without their counts: those are in the summary.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    status?: "draft" | "active" | "paused" | "archived";
                    /** @description Part of name, key or description. */
                    search?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            sequences: components["schemas"]["ListedSequence"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a sequence
         * @description It starts as a draft without steps. Without a key it gets one made from its name. A key or an id that is taken is a 409.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * Format: uuid
                         * @description Where it has one elsewhere, which it is to keep.
                         */
                        id?: string;
                        name: string;
                        key?: string;
                        description?: string;
                        /**
                         * @description Who may enter again: nobody (`once`), whoever is not on the way (`once_at_a_time`), whoever
                         *     entered at least `reentry_days` days ago and is not on the way (`after_days`), everybody (`every_time`).
                         * @default once
                         * @enum {string}
                         */
                        reentry?: "once" | "once_at_a_time" | "after_days" | "every_time";
                        reentry_days?: number | null;
                        /**
                         * @description When emails may go out, by the clock of whom they go to, or by the workspace's where their time zone
                         *     is not known. What is due while it is closed waits until it opens. Null: at any time.
                         */
                        send_window?: {
                            /**
                             * @example [
                             *       "monday",
                             *       "tuesday"
                             *     ]
                             */
                            days: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
                            /** @example 09:00 */
                            from: string;
                            /** @example 17:30 */
                            to: string;
                        } | null;
                    };
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sequence"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A sequence with its steps
         * @description The steps as the next emails will have them, in their order.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sequence"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a sequence
         * @description What is left out stays as it is. A key cannot be changed: callers rely on it.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name?: string;
                        description?: string;
                        /**
                         * @description Who may enter again: nobody (`once`), whoever is not on the way (`once_at_a_time`), whoever
                         *     entered at least `reentry_days` days ago and is not on the way (`after_days`), everybody (`every_time`).
                         * @enum {string}
                         */
                        reentry?: "once" | "once_at_a_time" | "after_days" | "every_time";
                        reentry_days?: number | null;
                        /**
                         * @description When emails may go out, by the clock of whom they go to, or by the workspace's where their time zone
                         *     is not known. What is due while it is closed waits until it opens. Null: at any time.
                         */
                        send_window?: {
                            /**
                             * @example [
                             *       "monday",
                             *       "tuesday"
                             *     ]
                             */
                            days: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
                            /** @example 09:00 */
                            from: string;
                            /** @example 17:30 */
                            to: string;
                        } | null;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sequence"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/sequences/{id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Activate, pause, archive or restore a sequence
         * @description A draft becomes active or archived, an active one paused or archived, a paused one active or
         *     archived, an archived one paused. Only a sequence with steps, all of whose templates can be rendered, becomes
         *     active. Setting the status that it has changes nothing. What fell due while a sequence was not active goes out when it is
         *     active again, in that order and spread over as long as the pause lasted, but at most an hour.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "draft" | "active" | "paused" | "archived";
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sequence"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/steps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The steps of a sequence, in their order
         * @description Each as its newest revision has it. `delay_seconds` counts from the step before, or from the trigger.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            steps: components["schemas"]["Step"][];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Add a step
         * @description Those from its position on move up. A template that does not parse is refused with line and column; one that uses a variable which nothing fills is kept, with a warning.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description After the step before it, or after the trigger.
                         * @default 0
                         */
                        delay_seconds?: number;
                        /**
                         * @description A time of day, such as 09:00: after its delay the email waits until the clock reads so in the
                         *     contact's time zone, or in the workspace's where theirs is not known. The delay is then counted on that clock, whole days
                         *     from the hour of the step before. A time that the clocks leave out is the moment at which they are put forward. Null: the
                         *     email goes out as soon as the delay is over.
                         * @default null
                         * @example 09:00
                         */
                        send_at?: string | null;
                        /**
                         * @description Whom the step passes over: where there are conditions and all of them hold when the email would be
                         *     sent, it is skipped, with the reason `condition`, and the next step is waited for.
                         * @default []
                         */
                        skip_if?: {
                            /**
                             * @description A path, as in templates.
                             * @example contact.properties.plan
                             */
                            property: string;
                            /**
                             * @description `equals`: is the value. `not_equals`: is not the value, or is missing. `contains`: is a text with the value in it, or a list with the value as an entry. `greater_than`: is a number above the value. `less_than`: is a number below the value. `exists`: is there, and not null. `not_exists`: is missing, or null.
                             * @enum {string}
                             */
                            operator: "equals" | "not_equals" | "contains" | "greater_than" | "less_than" | "exists" | "not_exists";
                            value?: string | number | boolean | null;
                        }[];
                        /** @description A Liquid template. */
                        subject: string;
                        /** @description A Liquid template; values are escaped. */
                        html: string;
                        /**
                         * @description A Liquid template; null: the text part is derived from the HTML.
                         * @default null
                         */
                        text?: string | null;
                        /** @description From 0; left out: last. */
                        position?: number;
                    };
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedStep"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/steps/{step_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a step
         * @description Those after it move down. Its revisions and its counts stay.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                    step_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Edit a step
         * @description What is left out stays as it is. An edit that changes anything makes the next revision, also while
         *     the sequence is active: emails not yet claimed for sending are sent as the newest revision has them. Whoever waits
         *     already keeps the moment at which the step is due.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                    step_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description After the step before it, or after the trigger. */
                        delay_seconds?: number;
                        /**
                         * @description A time of day, such as 09:00: after its delay the email waits until the clock reads so in the
                         *     contact's time zone, or in the workspace's where theirs is not known. The delay is then counted on that clock, whole days
                         *     from the hour of the step before. A time that the clocks leave out is the moment at which they are put forward. Null: the
                         *     email goes out as soon as the delay is over.
                         * @example 09:00
                         */
                        send_at?: string | null;
                        /**
                         * @description Whom the step passes over: where there are conditions and all of them hold when the email would be
                         *     sent, it is skipped, with the reason `condition`, and the next step is waited for.
                         */
                        skip_if?: {
                            /**
                             * @description A path, as in templates.
                             * @example contact.properties.plan
                             */
                            property: string;
                            /**
                             * @description `equals`: is the value. `not_equals`: is not the value, or is missing. `contains`: is a text with the value in it, or a list with the value as an entry. `greater_than`: is a number above the value. `less_than`: is a number below the value. `exists`: is there, and not null. `not_exists`: is missing, or null.
                             * @enum {string}
                             */
                            operator: "equals" | "not_equals" | "contains" | "greater_than" | "less_than" | "exists" | "not_exists";
                            value?: string | number | boolean | null;
                        }[];
                        /** @description A Liquid template. */
                        subject?: string;
                        /** @description A Liquid template; values are escaped. */
                        html?: string;
                        /** @description A Liquid template; null: the text part is derived from the HTML. */
                        text?: string | null;
                        /** @description The revision that the edit started from: a 409 where there is a newer one. */
                        revision?: number;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedStep"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/sequences/{id}/steps/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put the steps into another order
         * @description Nobody is moved: whoever is on the way gets next the first later step that they have not had.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description The id of every step, once. */
                        step_ids: string[];
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            steps: components["schemas"]["Step"][];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/steps/{step_id}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every revision of a step, newest first
         * @description Also of a step that was removed.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                    step_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            revisions: components["schemas"]["StepRevision"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/promo-pages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All promo pages, newest first
         * @description Of one sequence, where `sequence_id` is given.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description The id or the key of the sequence. */
                    sequence_id?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            promo_pages: components["schemas"]["PromoPage"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a promo page
         * @description Without a slug it gets one made from its title; texts left out get plain ones.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description The id or the key of the sequence.
                         * @example spring-sale
                         */
                        sequence_id: string;
                        slug?: string;
                        title: string;
                        intro?: string;
                        button_label?: string;
                        thanks_title?: string;
                        thanks_text?: string;
                        closed_text?: string;
                        /** @description Whether visitors must first follow a link that they are mailed. Until then nothing else goes to them, and nothing is triggered. */
                        double_opt_in?: boolean;
                        /** @description The subject of the mail with that link. Null: made from the title. */
                        confirmation_subject?: string | null;
                        /** @description Above the link in that mail. Plain text. Null: made from the title. */
                        confirmation_text?: string | null;
                    };
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PromoPage"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/promo-pages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A promo page
         * @description By its id or its slug. Visitors see it at `/p/<slug>`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PromoPage"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Remove a promo page
         * @description Its address then answers 404. What it has started goes on.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Change a promo page
         * @description What is left out stays as it is.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description The id or the key of the sequence.
                         * @example spring-sale
                         */
                        sequence_id?: string;
                        slug?: string;
                        title?: string;
                        intro?: string;
                        button_label?: string;
                        thanks_title?: string;
                        thanks_text?: string;
                        closed_text?: string;
                        /** @description Whether visitors must first follow a link that they are mailed. Until then nothing else goes to them, and nothing is triggered. */
                        double_opt_in?: boolean;
                        /** @description The subject of the mail with that link. Null: made from the title. */
                        confirmation_subject?: string | null;
                        /** @description Above the link in that mail. Plain text. Null: made from the title. */
                        confirmation_text?: string | null;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PromoPage"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/event-triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All event triggers, newest first
         * @description Of one sequence or one event, where those are given.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description The id or the key of the sequence. */
                    sequence_id?: string;
                    event_name?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            event_triggers: components["schemas"]["EventTrigger"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Let an event start a sequence
         * @description From now on `POST /api/events` with this name starts the sequence, where the properties of the event meet all filters.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        event_name: string;
                        /**
                         * @description The id or the key of the sequence.
                         * @example spring-sale
                         */
                        sequence_id: string;
                        /**
                         * @description All of them must hold.
                         * @default []
                         */
                        filters?: {
                            property: string;
                            /**
                             * @description `equals`: is the value. `not_equals`: is not the value, or is missing. `contains`: is a text with the value in it, or a list with the value as an entry. `greater_than`: is a number above the value. `less_than`: is a number below the value. `exists`: is there, and not null. `not_exists`: is missing, or null.
                             * @enum {string}
                             */
                            operator: "equals" | "not_equals" | "contains" | "greater_than" | "less_than" | "exists" | "not_exists";
                            value?: string | number | boolean | null;
                        }[];
                        /** @default true */
                        enabled?: boolean;
                    };
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventTrigger"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/event-triggers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An event trigger
         * @description Which event starts which sequence, and under which filters.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventTrigger"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Remove an event trigger
         * @description What it has started goes on.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Change an event trigger
         * @description What is left out stays as it is; `filters` replaces all of them.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        event_name?: string;
                        /** @description All of them must hold. */
                        filters?: {
                            property: string;
                            /**
                             * @description `equals`: is the value. `not_equals`: is not the value, or is missing. `contains`: is a text with the value in it, or a list with the value as an entry. `greater_than`: is a number above the value. `less_than`: is a number below the value. `exists`: is there, and not null. `not_exists`: is missing, or null.
                             * @enum {string}
                             */
                            operator: "equals" | "not_equals" | "contains" | "greater_than" | "less_than" | "exists" | "not_exists";
                            value?: string | number | boolean | null;
                        }[];
                        enabled?: boolean;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventTrigger"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/sequences/{id}/goals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The goals of a sequence, oldest first
         * @description What a sequence is there for: whoever does it gets no more of the sequence’s emails.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            goals: components["schemas"]["Goal"][];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Name a goal
         * @description From now on `POST /api/events` with this name ends the run of its person, with reason `goal`, where the properties of the event meet all filters. At most 20 a sequence.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        event_name: string;
                        /**
                         * @description All of them must hold.
                         * @default []
                         */
                        filters?: {
                            property: string;
                            /**
                             * @description `equals`: is the value. `not_equals`: is not the value, or is missing. `contains`: is a text with the value in it, or a list with the value as an entry. `greater_than`: is a number above the value. `less_than`: is a number below the value. `exists`: is there, and not null. `not_exists`: is missing, or null.
                             * @enum {string}
                             */
                            operator: "equals" | "not_equals" | "contains" | "greater_than" | "less_than" | "exists" | "not_exists";
                            value?: string | number | boolean | null;
                        }[];
                    };
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Goal"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/goals/{goal_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a goal
         * @description The runs that it has ended stay ended.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                    goal_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Change a goal
         * @description What is left out stays as it is; `filters` replaces all of them.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id, or the key or slug. */
                    id: string;
                    goal_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        event_name?: string;
                        /** @description All of them must hold. */
                        filters?: {
                            property: string;
                            /**
                             * @description `equals`: is the value. `not_equals`: is not the value, or is missing. `contains`: is a text with the value in it, or a list with the value as an entry. `greater_than`: is a number above the value. `less_than`: is a number below the value. `exists`: is there, and not null. `not_exists`: is missing, or null.
                             * @enum {string}
                             */
                            operator: "equals" | "not_equals" | "contains" | "greater_than" | "less_than" | "exists" | "not_exists";
                            value?: string | number | boolean | null;
                        }[];
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Goal"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All contacts, newest first
         * @description Erased people are not among them.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description The beginning of an address, part of a name, or a whole external_user_id. */
                    search?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            contacts: components["schemas"]["Contact"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a contact
         * @description An address that is known already is a 409 that names its contact.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * Format: email
                         * @example ada@example.com
                         */
                        email: string;
                        name?: string | null;
                        /** @description The id that your application knows them by. */
                        external_user_id?: string | null;
                        /** @description What your templates may print. At most 16 kB of JSON. */
                        properties?: {
                            [key: string]: unknown;
                        };
                        time_zone?: string | null;
                    };
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Contact"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A contact
         * @description What is known of a person, and whether they may be mailed.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Contact"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a contact
         * @description What is left out stays as it is, null empties a field. Of `properties` only those named change, and
         *     null removes one.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name?: string | null;
                        /** @description The id that your application knows them by. */
                        external_user_id?: string | null;
                        /** @description What your templates may print. At most 16 kB of JSON. */
                        properties?: {
                            [key: string]: unknown;
                        };
                        time_zone?: string | null;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Contact"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/contacts/{id}/suppress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop all mail to a contact
         * @description By your decision, until it is taken back. What is on its way to them ends.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Contact"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{id}/unsuppress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Allow mail to a contact again
         * @description Also after a bounce or a complaint. Whoever has unsubscribed stays so.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Contact"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{id}/unsubscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unsubscribe a contact from all sequences
         * @description By their wish. What is on its way to them ends.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Contact"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{id}/resubscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Subscribe a contact again
         * @description By their wish. What has ended stays so.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Contact"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/trigger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a sequence for one person, or for up to 1,000
         * @description Each recipient is accepted, or suppressed with the reason; both are kept and counted. With an `Idempotency-Key` a retry resumes where the first call stopped, and counts nobody twice.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name of this call: sent again under it, the same body counts nobody twice. */
                    "idempotency-key"?: string;
                };
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RecipientInput"] | {
                        recipients: components["schemas"]["RecipientInput"][];
                    };
                };
            };
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            sequence_id: string;
                            accepted: number;
                            suppressed: number;
                            /** @description In the order of the recipients. */
                            results: components["schemas"]["TriggerResult"][];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report an event of your application
         * @description Starts every sequence with an event trigger of this name whose filters its properties meet, with source `event_trigger`. Before that it ends the runs of this person, with reason `goal`, in every sequence with such a goal; so an event that is both for one sequence ends the run that there was and, where the sequence may be entered again, starts another. An event that meets neither is no error: `note` then says why.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EventInput"];
                };
            };
            responses: {
                /** @description Accepted */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            /** @description Why the event did nothing; null where it met a trigger or a goal. */
                            note: string | null;
                            results: {
                                /** Format: uuid */
                                event_trigger_id: string;
                                /** Format: uuid */
                                sequence_id: string;
                                /** @enum {string} */
                                outcome: "accepted" | "suppressed";
                                reason: string | null;
                                /** Format: uuid */
                                trigger_id: string;
                                enrollment_id: string | null;
                                repeated: boolean;
                            }[];
                            goals: {
                                /** Format: uuid */
                                goal_id: string;
                                /** Format: uuid */
                                sequence_id: string;
                                /** @description Runs of this person that it ended. */
                                ended: number;
                                repeated: boolean;
                            }[];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report emails of your own sender, one or up to 1,000
         * @description Each is recorded once, however often it is handed in: repeat a call whose answer did not arrive as it was. They may come late and in any order; every count is right all the same.
         *
         *     A body that is malformed anywhere is refused as a whole, with the problems of all its fields, and nothing of it is written. Otherwise each execution has its own result: 409 and 404, what one alone is answered with, are then the `status` of its `problem`, and the others are recorded.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReportedExecutionInput"] | {
                        executions: components["schemas"]["ReportedExecutionInput"][];
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            recorded: number;
                            repeated: number;
                            refused: number;
                            /** @description In the order of the executions. */
                            results: components["schemas"]["ReportResult"][];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bounces/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether there is a secret to sign with
         * @description The secret itself is shown once, when it is made.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            exists: boolean;
                            created_at: string | null;
                            /** @description How long the secret before is good beside it; null: there is none. */
                            previous_until: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Make a secret, or a new one
         * @description `secret` signs requests to `/api/bounces`. It is shown in this answer and never again. The one before
         *     stays good for a day, or as long as you say.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description How long the secret before stays good; 0 for one that has leaked. */
                        keep_previous_hours?: number;
                    } | null;
                };
            };
            responses: {
                /** @description Created */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            secret: string;
                            /** Format: date-time */
                            created_at: string;
                            /** @description How long the secret before is good beside it; null: there is none. */
                            previous_until: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Remove the secret
         * @description From then on nothing signed is taken, until there is a new one. API keys go on as before.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description No Content */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/recount": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the counters agree with their rows: the newest run of recount
         * @description The server runs one every night, and `sequitur recount` does at once. What differs is told in the log too, and `sequitur recount --repair` corrects it.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Null before the first. */
                            last_run: {
                                /** Format: uuid */
                                id: string;
                                /** Format: date-time */
                                started_at: string;
                                /** Format: date-time */
                                finished_at: string;
                                /** @enum {string} */
                                trigger: "command" | "nightly" | "request";
                                /** @description Counter keys that were compared. */
                                keys: number;
                                /** @description How many of them were not what their rows say. */
                                differing: number;
                                repaired: boolean;
                                counters: {
                                    counter: string;
                                    keys: number;
                                    differing: number;
                                    /** @description The first ten that differ, by their keys. Runs of old have none. */
                                    differences: {
                                        /** @description What is counted: the columns of its key. */
                                        key: {
                                            [key: string]: string | number;
                                        };
                                        /** @description What its rows say. */
                                        rows: {
                                            [key: string]: string | number | null;
                                        };
                                        /** @description What the counter says. */
                                        counter: {
                                            [key: string]: string | number | null;
                                        };
                                    }[];
                                }[];
                            } | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/time-zone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The reporting time zone, and a change of it under way
         * @description While days are counted anew, `change` says in how many of the lanes that is done.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimeZone"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Change the reporting time zone
         * @description Counts all days anew, in the background. Until that is done answers stay in the zone before, exact as ever.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description An IANA name.
                         * @example Europe/Paris
                         */
                        time_zone: string;
                    };
                };
            };
            responses: {
                /** @description It is the zone in force already. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimeZone"];
                    };
                };
                /** @description The change has begun, or had before. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TimeZone"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{id}/sequences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The sequences that a contact has entered or left
         * @description How often and when they entered, whether they are in it, and whether they want its mail.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            sequences: {
                                /** Format: uuid */
                                sequence_id: string;
                                sequence_name: string;
                                active_enrollments: number;
                                entries: number;
                                last_entered_at: string | null;
                                /** @description Since when they want no mail of this sequence. */
                                unsubscribed_at: string | null;
                            }[];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{id}/sequences/{sequence_id}/unsubscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Unsubscribe a contact from one sequence
         * @description By their wish. What is on its way to them there ends; other sequences go on.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    /** @description Id or key of the sequence. */
                    sequence_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            contact_id: string;
                            /** Format: uuid */
                            sequence_id: string;
                            /** @description Since when they want no mail of this sequence. */
                            unsubscribed_at: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{id}/sequences/{sequence_id}/resubscribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Subscribe a contact to one sequence again
         * @description By their wish. What has ended stays so, and whoever is unsubscribed from everything stays that as well.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                    /** @description Id or key of the sequence. */
                    sequence_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            contact_id: string;
                            /** Format: uuid */
                            sequence_id: string;
                            /** @description Since when they want no mail of this sequence. */
                            unsubscribed_at: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/steps/{step_id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a step’s email looks like
         * @description With the saved content, or with what the body gives in its place. Nobody is mailed.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                    step_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * Format: email
                         * @example ada@example.com
                         */
                        recipient_email: string;
                        name?: string | null;
                        /** @description Kept with the trigger and its emails, and at hand in templates as `context`. */
                        properties?: {
                            [key: string]: unknown;
                        };
                        /** @description Kept with the trigger and its emails, and at hand in templates as `context`. */
                        context?: {
                            [key: string]: unknown;
                        };
                        /** @description Default: what is saved. */
                        subject?: string;
                        html?: string;
                        text?: string | null;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            from: string;
                            to: string;
                            subject: string;
                            html: string;
                            text: string;
                            headers: {
                                [key: string]: string;
                            };
                            /** @description Variables that nothing fills: they print nothing. */
                            warnings: components["schemas"]["TemplateWarning"][];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/steps/{step_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a step’s email to an address, as a test
         * @description It is no execution and moves no count. Without a mail server it is captured, marked as a test.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                    step_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * Format: email
                         * @example ada@example.com
                         */
                        recipient_email: string;
                        name?: string | null;
                        /** @description Kept with the trigger and its emails, and at hand in templates as `context`. */
                        properties?: {
                            [key: string]: unknown;
                        };
                        /** @description Kept with the trigger and its emails, and at hand in templates as `context`. */
                        context?: {
                            [key: string]: unknown;
                        };
                        /** @description Default: what is saved. */
                        subject?: string;
                        html?: string;
                        text?: string | null;
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            accepted: boolean;
                            /** @description accepted, captured, or what went wrong by name. */
                            outcome: string;
                            /** @enum {string} */
                            via: "smtp" | "captured";
                            /** @description The mail server’s own words. */
                            reply: string;
                            message_id: string;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/outbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Captured mail, newest first
         * @description Without a mail server (`SMTP_URL`) mail is kept here for 30 days instead of being sent.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            mails: components["schemas"]["OutboxEntry"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/outbox/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One captured mail, as it would have been sent
         * @description With its headers, both of its parts, and which revision of which step it came from.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OutboxMail"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/settings/sending-limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much mail may leave, by second and by day
         * @description All processes keep to them together. Emails over a limit wait for their turn and keep none to other domains from leaving. Every attempt counts, whatever the mail server answers. Test emails, and those that ask for the confirmation of an address, do not count, and wait for nothing.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SendingLimits"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change how much mail may leave
         * @description What the body does not name stays. It takes effect at once, for what waits already too. All processes keep to them together. Emails over a limit wait for their turn and keep none to other domains from leaving. Every attempt counts, whatever the mail server answers. Test emails, and those that ask for the confirmation of an address, do not count, and wait for nothing.
         */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Of all emails together. */
                        overall?: {
                            /** @description Emails a second; 0.5 is one every two seconds. Null: no limit. */
                            per_second?: number | null;
                            /** @description Emails a reporting day. Null: no limit. */
                            per_day?: number | null;
                        };
                        /** @description Of the emails to each recipient domain that is not named in `domains`. */
                        each_domain?: {
                            /** @description Emails a second; 0.5 is one every two seconds. Null: no limit. */
                            per_second?: number | null;
                            /** @description Emails a reporting day. Null: no limit. */
                            per_day?: number | null;
                        };
                        /** @description By domain, such as gmail.com: its own limits, both in place of those in `each_domain`. Null: none of its own any more. Others stay. At most 100 at once. */
                        domains?: {
                            [key: string]: {
                                /** @description Emails a second; 0.5 is one every two seconds. Null: no limit. */
                                per_second?: number | null;
                                /** @description Emails a reporting day. Null: no limit. */
                                per_day?: number | null;
                            } | null;
                        };
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SendingLimits"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/sequences/analytics/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lifetime counts of every sequence
         * @description Read from counters, so it takes as long after years as on the first day. `/api/stream` brings the changes.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Summary"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All sequences together over a range of days
         * @description `unique_recipients` counts somebody whom several sequences have reached once.
         */
        get: {
            parameters: {
                query?: {
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First reporting day, inclusive. */
                    from?: string;
                    /** @description Last reporting day, inclusive. */
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            time_range: "7d" | "30d" | "90d" | "all" | "custom";
                            /**
                             * Format: date
                             * @description First reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            from: string;
                            /**
                             * Format: date
                             * @description Last reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            to: string;
                            /** @description The reporting time zone. */
                            time_zone: string;
                            /** Format: date-time */
                            as_of: string;
                            /** @description Rows from before this day were purged; counts are complete all the same. Null: none were. */
                            rows_available_from: string | null;
                            total_executions: number;
                            /** @description Distinct people, whatever sequence reached them. */
                            unique_recipients: number;
                            triggers: number;
                            suppressed: number;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/analytics/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All sequences together, day by day, week by week or month by month
         * @description Every bucket of the range has its point. The people of the buckets do not add up: somebody may be in several.
         */
        get: {
            parameters: {
                query?: {
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First reporting day, inclusive. */
                    from?: string;
                    /** @description Last reporting day, inclusive. */
                    to?: string;
                    /** @description Weeks begin on Monday. The first bucket begins with the range. */
                    interval?: "day" | "week" | "month";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            time_range: "7d" | "30d" | "90d" | "all" | "custom";
                            /**
                             * Format: date
                             * @description First reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            from: string;
                            /**
                             * Format: date
                             * @description Last reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            to: string;
                            /** @description The reporting time zone. */
                            time_zone: string;
                            /** Format: date-time */
                            as_of: string;
                            /** @description Rows from before this day were purged; counts are complete all the same. Null: none were. */
                            rows_available_from: string | null;
                            /** @enum {string} */
                            interval: "day" | "week" | "month";
                            /** @description Why people cannot be told exactly, and are null: sums know the people of one source or of all, not of several or of one step. Null where they can. */
                            people_left_out: ("several_sources" | "step") | null;
                            points: {
                                /**
                                 * Format: date
                                 * @description The first day of the bucket.
                                 * @example 2026-03-01
                                 */
                                date: string;
                                executions: number;
                                /** @description Distinct people of this bucket. */
                                unique_recipients: number | null;
                                triggers: number | null;
                                suppressed: number | null;
                            }[];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One sequence over a range of days
         * @description All parts come from one moment, so they agree with each other.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Whole reporting days: `7d` is today and the six days before. Default `30d`. */
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First day, inclusive; with `to`, in place of `time_range`. */
                    from?: string;
                    /** @description Last day, inclusive. */
                    to?: string;
                    /** @description Only these sources. May be given several times; people can be told for one alone. */
                    source?: string | string[];
                    /** @description Only this step’s emails. Emails, not people. */
                    step?: string;
                    /** @description Only this revision of the step. */
                    revision?: number;
                    /** @description Adds the period of the same length before. Today is left out of both sides. */
                    compare?: "previous";
                };
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            sequence_id: string;
                            sequence_name: string;
                            /** @enum {string} */
                            time_range: "7d" | "30d" | "90d" | "all" | "custom";
                            /**
                             * Format: date
                             * @description First reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            from: string;
                            /**
                             * Format: date
                             * @description Last reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            to: string;
                            /** @description The reporting time zone. */
                            time_zone: string;
                            /** Format: date-time */
                            as_of: string;
                            /** @description Rows from before this day were purged; counts are complete all the same. Null: none were. */
                            rows_available_from: string | null;
                            /** @description Emails sent. */
                            total_executions: number;
                            /** @description Distinct people; null where `people_left_out` says why. */
                            unique_recipients: number | null;
                            /** @description Accepted triggers; null beside one step’s emails. */
                            triggers: number | null;
                            suppressed: number | null;
                            /** @description Why people cannot be told exactly, and are null: sums know the people of one source or of all, not of several or of one step. Null where they can. */
                            people_left_out: ("several_sources" | "step") | null;
                            suppressed_by_reason: {
                                reason: string;
                                count: number;
                            }[];
                            by_source: {
                                source: string;
                                executions: number;
                                /** @description Null beside one step’s emails. */
                                unique_recipients: number | null;
                                triggers: number | null;
                                suppressed: number | null;
                            }[];
                            by_step: {
                                /** @description Null for emails that were reported without a step. */
                                step_id: string | null;
                                /** @description Null where a reporter named none. */
                                revision: number | null;
                                subject: string | null;
                                /** @description What an outside sender calls the step; null for a step made here, which has a subject. */
                                name: string | null;
                                /** @description From 0; null for a step that was removed, or is reported. */
                                position: number | null;
                                executions: number;
                            }[];
                            comparison: {
                                /** @description Today is not over, so neither side has it. */
                                leaves_out_today: boolean;
                                current: {
                                    /**
                                     * Format: date
                                     * @example 2026-03-01
                                     */
                                    from: string;
                                    /**
                                     * Format: date
                                     * @example 2026-03-01
                                     */
                                    to: string;
                                    /** @description Emails sent. */
                                    total_executions: number;
                                    /** @description Distinct people; null where `people_left_out` says why. */
                                    unique_recipients: number | null;
                                    /** @description Accepted triggers; null beside one step’s emails. */
                                    triggers: number | null;
                                    suppressed: number | null;
                                };
                                previous: {
                                    /**
                                     * Format: date
                                     * @example 2026-03-01
                                     */
                                    from: string;
                                    /**
                                     * Format: date
                                     * @example 2026-03-01
                                     */
                                    to: string;
                                    /** @description Emails sent. */
                                    total_executions: number;
                                    /** @description Distinct people; null where `people_left_out` says why. */
                                    unique_recipients: number | null;
                                    /** @description Accepted triggers; null beside one step’s emails. */
                                    triggers: number | null;
                                    suppressed: number | null;
                                };
                            } | null;
                            /** @description The newest, at most 50. */
                            executions: components["schemas"]["Execution"][];
                            /** @description For `/executions`, which goes on from there. */
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/analytics/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One sequence day by day, week by week or month by month
         * @description Every bucket of the range has its point, so `executions` add up to the total.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Whole reporting days: `7d` is today and the six days before. Default `30d`. */
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First day, inclusive; with `to`, in place of `time_range`. */
                    from?: string;
                    /** @description Last day, inclusive. */
                    to?: string;
                    /** @description Only these sources. May be given several times; people can be told for one alone. */
                    source?: string | string[];
                    /** @description Only this step’s emails. Emails, not people. */
                    step?: string;
                    /** @description Only this revision of the step. */
                    revision?: number;
                    /** @description Weeks begin on Monday. The first bucket begins with the range. */
                    interval?: "day" | "week" | "month";
                };
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            sequence_id: string;
                            /** @enum {string} */
                            time_range: "7d" | "30d" | "90d" | "all" | "custom";
                            /**
                             * Format: date
                             * @description First reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            from: string;
                            /**
                             * Format: date
                             * @description Last reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            to: string;
                            /** @description The reporting time zone. */
                            time_zone: string;
                            /** Format: date-time */
                            as_of: string;
                            /** @description Rows from before this day were purged; counts are complete all the same. Null: none were. */
                            rows_available_from: string | null;
                            /** @enum {string} */
                            interval: "day" | "week" | "month";
                            /** @description Why people cannot be told exactly, and are null: sums know the people of one source or of all, not of several or of one step. Null where they can. */
                            people_left_out: ("several_sources" | "step") | null;
                            points: {
                                /**
                                 * Format: date
                                 * @description The first day of the bucket.
                                 * @example 2026-03-01
                                 */
                                date: string;
                                executions: number;
                                /** @description Distinct people of this bucket. */
                                unique_recipients: number | null;
                                triggers: number | null;
                                suppressed: number | null;
                            }[];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/analytics/breakdown": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Emails or triggers over time by source, or suppressed triggers by reason
         * @description One row of counts for each bucket of the range, one column for each source or reason.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Whole reporting days: `7d` is today and the six days before. Default `30d`. */
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First day, inclusive; with `to`, in place of `time_range`. */
                    from?: string;
                    /** @description Last day, inclusive. */
                    to?: string;
                    of?: "executions_by_source" | "triggers_by_source" | "suppressed_by_reason";
                    /** @description Weeks begin on Monday. The first bucket begins with the range. */
                    interval?: "day" | "week" | "month";
                };
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            sequence_id: string;
                            /** @enum {string} */
                            time_range: "7d" | "30d" | "90d" | "all" | "custom";
                            /**
                             * Format: date
                             * @description First reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            from: string;
                            /**
                             * Format: date
                             * @description Last reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            to: string;
                            /** @description The reporting time zone. */
                            time_zone: string;
                            /** Format: date-time */
                            as_of: string;
                            /** @description Rows from before this day were purged; counts are complete all the same. Null: none were. */
                            rows_available_from: string | null;
                            /** @enum {string} */
                            of: "executions_by_source" | "triggers_by_source" | "suppressed_by_reason";
                            /** @enum {string} */
                            interval: "day" | "week" | "month";
                            /** @description Sources or reasons, the one with most first. */
                            names: string[];
                            points: {
                                /**
                                 * Format: date
                                 * @example 2026-03-01
                                 */
                                date: string;
                                /** @description One for each of `names`, in their order. */
                                counts: number[];
                            }[];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/analytics/funnel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One sequence step by step
         * @description People by the day on which they entered a step: of those, how many were sent it by now, wait for it, or left without it and why. `entered` is always the sum of the five.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Whole reporting days: `7d` is today and the six days before. Default `30d`. */
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First day, inclusive; with `to`, in place of `time_range`. */
                    from?: string;
                    /** @description Last day, inclusive. */
                    to?: string;
                    /** @description Only these sources. May be given several times; people can be told for one alone. */
                    source?: string | string[];
                    by?: "step" | "revision";
                };
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            sequence_id: string;
                            /** @enum {string} */
                            time_range: "7d" | "30d" | "90d" | "all" | "custom";
                            /**
                             * Format: date
                             * @description First reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            from: string;
                            /**
                             * Format: date
                             * @description Last reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            to: string;
                            /** @description The reporting time zone. */
                            time_zone: string;
                            /** Format: date-time */
                            as_of: string;
                            /** @description Rows from before this day were purged; counts are complete all the same. Null: none were. */
                            rows_available_from: string | null;
                            /** @enum {string} */
                            cohort: "day_of_entry";
                            steps: {
                                /** Format: uuid */
                                step_id: string;
                                revision: number | null;
                                position: number | null;
                                subject: string | null;
                                /** @description What an outside sender calls the step; null for a step made here, which has a subject. */
                                name: string | null;
                                entered: number;
                                sent: number;
                                waiting: number;
                                skipped: number;
                                failed: number;
                                exited: number;
                                reasons: {
                                    outcome: string;
                                    reason: string;
                                    count: number;
                                }[];
                            }[];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/analytics/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who got what when: the executions of a range, newest first
         * @description Pages stay in step while new rows arrive. The addresses are those that the emails went to.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Whole reporting days: `7d` is today and the six days before. Default `30d`. */
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First day, inclusive; with `to`, in place of `time_range`. */
                    from?: string;
                    /** @description Last day, inclusive. */
                    to?: string;
                    /** @description Only these sources. May be given several times; people can be told for one alone. */
                    source?: string | string[];
                    /** @description Only this step’s emails. Emails, not people. */
                    step?: string;
                    /** @description Only this revision of the step. */
                    revision?: number;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            sequence_id: string;
                            /** @enum {string} */
                            time_range: "7d" | "30d" | "90d" | "all" | "custom";
                            /**
                             * Format: date
                             * @description First reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            from: string;
                            /**
                             * Format: date
                             * @description Last reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            to: string;
                            /** @description The reporting time zone. */
                            time_zone: string;
                            /** Format: date-time */
                            as_of: string;
                            /** @description Rows from before this day were purged; counts are complete all the same. Null: none were. */
                            rows_available_from: string | null;
                            executions: components["schemas"]["ExecutionRow"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/analytics/recipients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The distinct people of a range, whoever was written to last first
         * @description Further pages leave out what is newer than the first page, so people who are written to meanwhile stay where they are, and nobody is there twice. An email that is dated earlier but arrives meanwhile (reported late, say) can lift a person above the page that is read: that person is on none of the further pages, and on the list when it is begun anew. `recipients.csv` leaves nobody out.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Whole reporting days: `7d` is today and the six days before. Default `30d`. */
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First day, inclusive; with `to`, in place of `time_range`. */
                    from?: string;
                    /** @description Last day, inclusive. */
                    to?: string;
                    /** @description Only these sources. May be given several times; people can be told for one alone. */
                    source?: string | string[];
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            sequence_id: string;
                            /** @enum {string} */
                            time_range: "7d" | "30d" | "90d" | "all" | "custom";
                            /**
                             * Format: date
                             * @description First reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            from: string;
                            /**
                             * Format: date
                             * @description Last reporting day, inclusive.
                             * @example 2026-03-01
                             */
                            to: string;
                            /** @description The reporting time zone. */
                            time_zone: string;
                            /** Format: date-time */
                            as_of: string;
                            /** @description Rows from before this day were purged; counts are complete all the same. Null: none were. */
                            rows_available_from: string | null;
                            recipients: components["schemas"]["RecipientRow"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened with one person, newest first
         * @description Triggers that started something or not, and why; emails sent, skipped and failed; runs that ended; bounces and complaints. An address that the mail server refuses is there twice: as the email that failed, and as a bounce.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Only this sequence: its id or key. */
                    sequence?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            contact_id: string;
                            entries: components["schemas"]["TimelineEntry"][];
                            next_cursor: string | null;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/analytics/executions.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The executions of a range as CSV, newest first
         * @description Exactly the rows of the list with the same filters, however many. Values that a spreadsheet would run as a formula begin with an apostrophe.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Whole reporting days: `7d` is today and the six days before. Default `30d`. */
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First day, inclusive; with `to`, in place of `time_range`. */
                    from?: string;
                    /** @description Last day, inclusive. */
                    to?: string;
                    /** @description Only these sources. May be given several times; people can be told for one alone. */
                    source?: string | string[];
                    /** @description Only this step’s emails. Emails, not people. */
                    step?: string;
                    /** @description Only this revision of the step. */
                    revision?: number;
                };
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description CSV (RFC 4180), UTF-8, with a header. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/analytics/recipients.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The distinct people of a range as CSV
         * @description One row for each unique recipient of the range, in an order that stays the same however often they are written to (not by date: a spreadsheet sorts by `last_executed_at`). So nobody of the range is left out or twice, also where emails are sent or reported late while the file is read; only somebody who comes into the range meanwhile may not be in it yet. `sources` is a JSON array.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Whole reporting days: `7d` is today and the six days before. Default `30d`. */
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First day, inclusive; with `to`, in place of `time_range`. */
                    from?: string;
                    /** @description Last day, inclusive. */
                    to?: string;
                    /** @description Only these sources. May be given several times; people can be told for one alone. */
                    source?: string | string[];
                };
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description CSV (RFC 4180), UTF-8, with a header. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sequences/{id}/analytics/series.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One sequence over time as CSV
         * @description The points of the chart, with the same filters.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Whole reporting days: `7d` is today and the six days before. Default `30d`. */
                    time_range?: "7d" | "30d" | "90d" | "all";
                    /** @description First day, inclusive; with `to`, in place of `time_range`. */
                    from?: string;
                    /** @description Last day, inclusive. */
                    to?: string;
                    /** @description Only these sources. May be given several times; people can be told for one alone. */
                    source?: string | string[];
                    /** @description Only this step’s emails. Emails, not people. */
                    step?: string;
                    /** @description Only this revision of the step. */
                    revision?: number;
                    /** @description Weeks begin on Monday. The first bucket begins with the range. */
                    interval?: "day" | "week" | "month";
                };
                header?: never;
                path: {
                    /** @description Id or key of the sequence. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description CSV (RFC 4180), UTF-8, with a header. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": string;
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/workspace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The installation: reporting zone, where mail goes, version
         * @description What is the same for all sequences, and set by whoever runs Sequitur.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workspace"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Changes as they happen (server-sent events)
         * @description A stream that stays open (`text/event-stream`): each event has a name, and JSON as its data, of the forms
         *     below. Nothing is repeated after a gap: read the summary again whenever the stream opens. It ends within seconds when
         *     the session is signed out or the key revoked.
         *
         *     - `counts`: counts have changed: the summary, with those sequences alone that changed.
         *     - `outbox`: mail was captured: read the outbox again.
         *     - `workspace`: whether mail gets out has changed: read the workspace again.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": {
                            /** @enum {string} */
                            event: "counts";
                            data: components["schemas"]["Summary"];
                        } | {
                            /** @enum {string} */
                            event: "outbox";
                            data: Record<string, never>;
                        } | {
                            /** @enum {string} */
                            event: "workspace";
                            data: Record<string, never>;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/bounces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report bounces and complaints, one or up to 1,000
         * @description A hard bounce and a complaint end all mail to the contact, and their runs with the reason `bounced` or `complained`; a soft bounce is kept and stops nothing, however often it comes. Each is recorded once, however often it is handed in: repeat a call whose answer did not arrive as it was. What is repeated stops nobody again to whom mail was allowed meanwhile.
         *
         *     Send a key, or sign the request as Standard Webhooks describes it, with the secret of `/api/bounces/secret`: `webhook-id`, `webhook-timestamp` (seconds since 1970, at most 5 minutes from ours) and `webhook-signature`, `v1,` and the base64 of the HMAC-SHA256 of `<id>.<timestamp>.<body>`. Thirty wrong ones in a minute from one address, and nothing signed is taken from there until that is over (a 429).
         *
         *     A body that is malformed anywhere is refused as a whole, and nothing of it is written. Otherwise the answer is a 200 with a result for each, also where nobody was found: nothing is made of an unknown address.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReportedBounceInput"] | {
                        bounces: components["schemas"]["ReportedBounceInput"][];
                    };
                };
            };
            responses: {
                /** @description OK */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            recorded: number;
                            repeated: number;
                            unknown: number;
                            /** @description In the order of the reports. */
                            results: components["schemas"]["BounceResult"][];
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @example {
         *       "name": "order_paid",
         *       "id": "order-1042",
         *       "recipient_email": "ada@example.com",
         *       "recipient_name": "Ada Lovelace",
         *       "properties": {
         *         "order": {
         *           "number": 1042,
         *           "total": 59.9
         *         }
         *       }
         *     }
         */
        EventInput: {
            name: string;
            /** @description Your own id of the event: handed in again with the same id, it starts and ends nothing twice. */
            id?: string;
            /**
             * Format: email
             * @example ada@example.com
             */
            recipient_email: string;
            recipient_user_id?: string | null;
            recipient_name?: string | null;
            /** @description What the filters of event triggers and goals look at. Kept with the trigger and its emails, and at hand in templates as `context`, where `context.event` is the name of the event: a property called `event` is `context.event_property` there. */
            properties?: {
                [key: string]: unknown;
            };
        };
        RecipientInput: {
            /**
             * Format: email
             * @example ada@example.com
             */
            recipient_email: string;
            /** @description The application’s own id of this person. */
            recipient_user_id?: string | null;
            name?: string | null;
            /** @description Kept with the trigger and its emails, and at hand in templates as `context`. */
            context?: {
                [key: string]: unknown;
            };
            /**
             * @description Default: `api` for an API key, `manual` for an administrator.
             * @example promo
             */
            source?: string;
        };
        ReportedExecutionInput: {
            /**
             * @description Id or key of the sequence. It must exist; whether it is active does not matter.
             * @example spring-sale
             */
            sequence: string;
            /**
             * Format: email
             * @example ada@example.com
             */
            recipient_email: string;
            /** @description The application’s own id of this person. */
            recipient_user_id?: string | null;
            /** @description Where it came from, in your words. Default: `api`. */
            source?: string | null;
            /**
             * @description The id of one of the sequence’s steps, or your own name for a step, which then gets an id of its own.
             * @example reminder-1
             */
            step?: string | null;
            executed_at?: string | null;
            /** @description Kept with the email: at most 16 kB as JSON. */
            context?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description Your own id for it, unique for each recipient. Without one, sequence, recipient, step, source and `executed_at` are its identity.
             * @example 48211
             */
            id?: string | null;
        };
        ReportedBounceInput: {
            /**
             * @description `complaint`: the recipient called the mail spam.
             * @enum {string}
             */
            type: "bounce" | "complaint";
            /** @description Of a bounce. `hard`: the address does not work, and gets no more mail. `soft`: it did not work this time. */
            kind?: ("hard" | "soft") | null;
            /** @description Whom the mail was for. Not needed beside a `message_id` of ours, which counts where both are given. */
            recipient_email?: string | null;
            /**
             * @description The Message-ID header of the mail that came back, with or without angle brackets.
             * @example <00000000000000000000000000000000000a@mail.example.com>
             */
            message_id?: string | null;
            /**
             * @description RFC 3339. Required where there is no `id`; with one, the default is now.
             * @example 2026-03-01T09:30:00Z
             */
            occurred_at?: string | null;
            /**
             * @description What the other mail server said, for people to read. The first 2,000 characters are kept.
             * @example 550 5.1.1 no such user
             */
            reply?: string | null;
            /** @description Your own id for it, unique for each recipient. Without one, type, kind, mail and `occurred_at` are its identity. */
            id?: string | null;
        };
        Problem: {
            /** @description Names the kind of problem: `urn:sequitur:problem:<name>`. */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @description The request in the log of the server. */
            instance?: string;
            errors?: {
                path: string;
                message: string;
            }[];
        };
        Execution: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            sequence_id: string;
            /** Format: uuid */
            contact_id: string;
            recipient_email: string;
            recipient_user_id: string | null;
            context: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            executed_at: string;
            source: string;
            step: string | null;
            revision: number | null;
            /** @enum {string} */
            via: "smtp" | "captured" | "reported";
            message_id: string | null;
        };
        ExecutionRow: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            sequence_id: string;
            /** Format: uuid */
            contact_id: string;
            recipient_email: string;
            recipient_user_id: string | null;
            context: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            executed_at: string;
            source: string;
            step: string | null;
            revision: number | null;
            /** @enum {string} */
            via: "smtp" | "captured" | "reported";
            message_id: string | null;
        };
        RecipientRow: {
            /** Format: uuid */
            contact_id: string;
            recipient_email: string;
            recipient_user_id: string | null;
            /** @description Emails in the range. */
            executions: number;
            /** Format: date-time */
            first_executed_at: string;
            /** Format: date-time */
            last_executed_at: string;
            sources: string[];
        };
        TimelineEntry: {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            kind: "triggered" | "not_started" | "sent" | "skipped" | "failed" | "exited" | "bounced" | "soft_bounced" | "complained";
            /** Format: uuid */
            id: string;
            /** @description Null for a bounce or complaint of which only the address is known. */
            sequence_id: string | null;
            sequence_name: string | null;
            source: string;
            reason: string;
            step_id: string | null;
            revision: number | null;
            subject: string | null;
            /** @description What an outside sender calls the step; null for a step made here, which has a subject. */
            step_name: string | null;
            via: string | null;
            /** @description What the mail server said to what failed or came back. */
            reply: string | null;
        };
        SequenceSummary: {
            /** Format: uuid */
            sequence_id: string;
            sequence_key: string;
            sequence_name: string;
            description: string;
            /** @enum {string} */
            status: "draft" | "active" | "paused" | "archived";
            /** @description Emails sent. */
            execution_count: number;
            /** @description Accepted triggers. */
            trigger_count: number;
            /** @description Triggers that started nothing, whatever the reason. */
            suppressed_count: number;
            /** @description Distinct people with at least one email. */
            unique_recipients: number;
            last_executed_at: string | null;
            /** @description Emails of the last 30 reporting days, today last. */
            sparkline: number[];
        };
        WorkspaceTotals: {
            /** @description Emails sent. */
            execution_count: number;
            /** @description Accepted triggers. */
            trigger_count: number;
            /** @description Triggers that started nothing, whatever the reason. */
            suppressed_count: number;
            /** @description Distinct people over all sequences. */
            people: number;
        };
        Summary: {
            sequences: components["schemas"]["SequenceSummary"][];
            totals: components["schemas"]["WorkspaceTotals"];
            time_zone: string;
            /** Format: date-time */
            as_of: string;
        };
        TimeZone: {
            /** @description In which days begin and end, in every answer. */
            time_zone: string;
            /** @description Set by `TIME_ZONE`: it cannot be changed here. */
            is_fixed: boolean;
            /** @description A change under way: answers are in `from` until all lanes are done. Null without one. */
            change: {
                from: string;
                to: string;
                lanes_done: number;
                lanes: number;
            } | null;
        };
        ApiKey: {
            /** Format: uuid */
            id: string;
            name: string;
            prefix: string;
            /** Format: date-time */
            created_at: string;
            created_by: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
            /** @description To the minute. */
            last_used_at: string | null;
            revoked_at: string | null;
        };
        AuditEntry: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            actor_kind: "administrator" | "api_key" | "system";
            actor_id: string | null;
            actor_name: string | null;
            /** @example api_key.created */
            action: string;
            object_type: string | null;
            object_id: string | null;
            detail: {
                [key: string]: unknown;
            };
        };
        User: {
            /** Format: uuid */
            id: string;
            name: string;
            email: string;
        };
        ListedUser: {
            /** Format: uuid */
            id: string;
            name: string;
            email: string;
            /** Format: date-time */
            created_at: string;
        };
        Contact: {
            /** Format: uuid */
            id: string;
            email: string;
            name: string | null;
            external_user_id: string | null;
            properties: {
                [key: string]: unknown;
            };
            time_zone: string | null;
            /** @description Since when they want no mail. */
            unsubscribed_at: string | null;
            /** @description Since when no mail may go to them. */
            suppressed_at: string | null;
            suppressed_reason: ("bounced" | "complained" | "manual") | null;
            erased_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        OutboxEntry: {
            /** Format: uuid */
            id: string;
            /**
             * @description A step’s, a test of one, or what asks for the confirmation of an address.
             * @enum {string}
             */
            kind: "step" | "test" | "confirmation";
            /** Format: uuid */
            sequence_id: string;
            sequence_name: string;
            recipient: string;
            subject: string;
            /** Format: date-time */
            captured_at: string;
        };
        OutboxMail: {
            /** Format: uuid */
            id: string;
            /**
             * @description A step’s, a test of one, or what asks for the confirmation of an address.
             * @enum {string}
             */
            kind: "step" | "test" | "confirmation";
            /** Format: uuid */
            sequence_id: string;
            sequence_name: string;
            recipient: string;
            subject: string;
            /** Format: date-time */
            captured_at: string;
            sender: string;
            /** @description Null for a confirmation. */
            step_id: string | null;
            revision: number | null;
            /** @description Null for a test, which goes to no contact, and where nobody has confirmed the address before. */
            contact_id: string | null;
            message_id: string;
            html: string;
            text: string;
            /** @description Decoded, in their order: From, To, Subject, Date, Message-ID, List-Unsubscribe, … */
            headers: {
                [key: string]: string;
            };
        };
        TemplateWarning: {
            /** @enum {string} */
            field: "subject" | "html" | "text";
            /** @description From 1, as `column`. */
            line: number;
            column: number;
            /** @example contact.frist_name */
            variable: string;
            message: string;
        };
        SendingLimits: {
            /** @description Of all emails together. */
            overall: {
                /** @description Emails a second; 0.5 is one every two seconds. Null: no limit. */
                per_second: number | null;
                /** @description Emails a reporting day. Null: no limit. */
                per_day: number | null;
            };
            /** @description Of the emails to each recipient domain that is not named in `domains`. */
            each_domain: {
                /** @description Emails a second; 0.5 is one every two seconds. Null: no limit. */
                per_second: number | null;
                /** @description Emails a reporting day. Null: no limit. */
                per_day: number | null;
            };
            /** @description By domain, such as gmail.com: its own limits, both in place of those in `each_domain`. */
            domains: {
                [key: string]: {
                    /** @description Emails a second; 0.5 is one every two seconds. Null: no limit. */
                    per_second: number | null;
                    /** @description Emails a reporting day. Null: no limit. */
                    per_day: number | null;
                };
            };
            /** @description What the limits keep back at the moment. */
            held_back: {
                /** @description Whether the limits of all emails do, or did a moment ago. */
                overall: boolean;
                /** @description Emails that wait for their domain’s limits; the most first, at most 50. */
                domains: {
                    domain: string;
                    emails: number;
                }[];
            };
        };
        TriggerResult: {
            recipient_email: string;
            /** @enum {string} */
            outcome: "accepted" | "suppressed";
            /** @description Why it was not accepted: already_active, once_only, too_soon, unsubscribed, bounced, not_active, … */
            reason: string | null;
            /** Format: uuid */
            trigger_id: string;
            enrollment_id: string | null;
            /** Format: uuid */
            contact_id: string;
            /** @description Answered before under this Idempotency-Key; nothing happened now. */
            repeated: boolean;
        };
        BounceResult: {
            /**
             * @description `recorded` now, or `repeated`: it was recorded before, and nothing happened. `unknown_contact`: nobody here has this address. `unknown_message`: no mail of ours has this Message-ID, and no address was given.
             * @enum {string}
             */
            outcome: "recorded" | "repeated" | "unknown_contact" | "unknown_message";
            /** @description As the contact’s timeline shows it. */
            id: string | null;
            contact_id: string | null;
            /** @description Of the mail; null where only the address is known. */
            sequence_id: string | null;
            step: string | null;
            execution_id: string | null;
            /** @description Whether this put an end to all mail to the contact. */
            suppressed: boolean;
        };
        Workspace: {
            version: string;
            /** @description The reporting time zone. */
            time_zone: string;
            public_url: string;
            mail: {
                /**
                 * @description `captured`: kept in the Outbox, not sent.
                 * @enum {string}
                 */
                via: "smtp" | "captured";
                /** @description Whatever `SMTP_URL` says, no mail is sent: this is the demo. */
                always_captured: boolean;
                from: string;
                /** @description Why mail does not get out of the process that answers, or of a worker elsewhere; null while it does. */
                trouble: {
                    /** Format: date-time */
                    since: string;
                    /** @description Such as `authentication_failed` or `connection_failed`; `results_waiting` while so many results wait for the database that nothing more is sent; `no_worker` where no process sends. */
                    outcome: string;
                    /** @description In the words of the mail server or of the network. */
                    reply: string;
                } | null;
                /** @description Whether a limit of sending keeps mail back: `GET /api/settings/sending-limits` says which. */
                limited: boolean;
            };
        };
        ReportResult: {
            /**
             * @description `recorded` now, or `repeated`: it was recorded before, and nothing happened. `conflict`: its identity stands for other content. `unknown_sequence`: there is none of this id or key.
             * @enum {string}
             */
            outcome: "recorded" | "repeated" | "conflict" | "unknown_sequence";
            /** @description Of the execution here, as lists show it. */
            id: string | null;
            sequence_id: string | null;
            /** @description The id that stands for the step, as analytics take it. */
            step: string | null;
            contact_id: string | null;
            /** @description As it is recorded. */
            executed_at: string | null;
            /** @description Why nothing was written: what this one alone would have been answered with. */
            problem: {
                type: string;
                title: string;
                status: number;
                detail: string;
            } | null;
        };
        Filter: {
            /**
             * @description A path into the properties.
             * @example order.total
             */
            property: string;
            /**
             * @description `equals`: is the value. `not_equals`: is not the value, or is missing. `contains`: is a text with the value in it, or a list with the value as an entry. `greater_than`: is a number above the value. `less_than`: is a number below the value. `exists`: is there, and not null. `not_exists`: is missing, or null.
             * @enum {string}
             */
            operator: "equals" | "not_equals" | "contains" | "greater_than" | "less_than" | "exists" | "not_exists";
            value?: string | number | boolean | null;
        };
        EventTrigger: {
            /** Format: uuid */
            id: string;
            /** @example order_paid */
            event_name: string;
            /**
             * Format: uuid
             * @description The sequence that the event starts.
             */
            sequence_id: string;
            filters: components["schemas"]["Filter"][];
            enabled: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Goal: {
            /** Format: uuid */
            id: string;
            /**
             * Format: uuid
             * @description The sequence whose runs the event ends.
             */
            sequence_id: string;
            /** @example order_paid */
            event_name: string;
            filters: components["schemas"]["Filter"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        PromoPage: {
            /** Format: uuid */
            id: string;
            /**
             * @description The page is at /p/<slug>.
             * @example spring-sale
             */
            slug: string;
            /**
             * Format: uuid
             * @description The sequence that the page starts.
             */
            sequence_id: string;
            title: string;
            /** @description Between the title and the form. Plain text. */
            intro: string;
            button_label: string;
            thanks_title: string;
            /** @description After the form was sent or, with `double_opt_in`, the address confirmed. Plain text. */
            thanks_text: string;
            /** @description While the sequence is not active. Plain text. */
            closed_text: string;
            /** @description Whether visitors must first follow a link that they are mailed. Until then nothing else goes to them, and nothing is triggered. */
            double_opt_in: boolean;
            /** @description The subject of the mail with that link. Null: made from the title. */
            confirmation_subject: string | null;
            /** @description Above the link in that mail. Plain text. Null: made from the title. */
            confirmation_text: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Step: {
            /** Format: uuid */
            id: string;
            /** @description From 0. */
            position: number;
            /** @description From 1; each edit makes the next. */
            revision: number;
            /** @description After the step before it, or after the trigger. */
            delay_seconds: number;
            /**
             * @description A time of day, such as 09:00: after its delay the email waits until the clock reads so in the
             *     contact's time zone, or in the workspace's where theirs is not known. The delay is then counted on that clock, whole days
             *     from the hour of the step before. A time that the clocks leave out is the moment at which they are put forward. Null: the
             *     email goes out as soon as the delay is over.
             */
            send_at: string | null;
            /**
             * @description Whom the step passes over: where there are conditions and all of them hold when the email would be
             *     sent, it is skipped, with the reason `condition`, and the next step is waited for.
             */
            skip_if: components["schemas"]["Filter"][];
            subject: string;
            html: string;
            /** @description A Liquid template; null: the text part is derived from the HTML. */
            text: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When this revision was made.
             */
            revised_at: string;
            /** @description Null: Sequitur itself. */
            revised_by: string | null;
        };
        SavedStep: {
            /** Format: uuid */
            id: string;
            /** @description From 0. */
            position: number;
            /** @description From 1; each edit makes the next. */
            revision: number;
            /** @description After the step before it, or after the trigger. */
            delay_seconds: number;
            /**
             * @description A time of day, such as 09:00: after its delay the email waits until the clock reads so in the
             *     contact's time zone, or in the workspace's where theirs is not known. The delay is then counted on that clock, whole days
             *     from the hour of the step before. A time that the clocks leave out is the moment at which they are put forward. Null: the
             *     email goes out as soon as the delay is over.
             */
            send_at: string | null;
            /**
             * @description Whom the step passes over: where there are conditions and all of them hold when the email would be
             *     sent, it is skipped, with the reason `condition`, and the next step is waited for.
             */
            skip_if: components["schemas"]["Filter"][];
            subject: string;
            html: string;
            /** @description A Liquid template; null: the text part is derived from the HTML. */
            text: string | null;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description When this revision was made.
             */
            revised_at: string;
            /** @description Null: Sequitur itself. */
            revised_by: string | null;
            /** @description Variables that nothing fills: they print nothing. */
            warnings: components["schemas"]["TemplateWarning"][];
        };
        StepRevision: {
            revision: number;
            /** @description After the step before it, or after the trigger. */
            delay_seconds: number;
            /**
             * @description A time of day, such as 09:00: after its delay the email waits until the clock reads so in the
             *     contact's time zone, or in the workspace's where theirs is not known. The delay is then counted on that clock, whole days
             *     from the hour of the step before. A time that the clocks leave out is the moment at which they are put forward. Null: the
             *     email goes out as soon as the delay is over.
             */
            send_at: string | null;
            /**
             * @description Whom the step passes over: where there are conditions and all of them hold when the email would be
             *     sent, it is skipped, with the reason `condition`, and the next step is waited for.
             */
            skip_if: components["schemas"]["Filter"][];
            subject: string;
            html: string;
            /** @description A Liquid template; null: the text part is derived from the HTML. */
            text: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description Null: Sequitur itself. */
            created_by: string | null;
        };
        SendWindow: {
            /**
             * @example [
             *       "monday",
             *       "tuesday"
             *     ]
             */
            days: ("monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday")[];
            /** @example 09:00 */
            from: string;
            /**
             * @description The first moment at which it is closed again.
             * @example 17:30
             */
            to: string;
        };
        ListedSequence: {
            /** Format: uuid */
            id: string;
            /**
             * @description What callers name it by; never changes.
             * @example spring-sale
             */
            key: string;
            name: string;
            description: string;
            /** @enum {string} */
            status: "draft" | "active" | "paused" | "archived";
            /**
             * @description Who may enter again: nobody (`once`), whoever is not on the way (`once_at_a_time`), whoever
             *     entered at least `reentry_days` days ago and is not on the way (`after_days`), everybody (`every_time`).
             * @enum {string}
             */
            reentry: "once" | "once_at_a_time" | "after_days" | "every_time";
            reentry_days: number | null;
            /**
             * @description When emails may go out, by the clock of whom they go to, or by the workspace's where their time zone
             *     is not known. What is due while it is closed waits until it opens. Null: at any time.
             */
            send_window: components["schemas"]["SendWindow"] | null;
            /** @description The example that it was made from, until it is edited. */
            example: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description When it last became active. */
            activated_at: string | null;
            /** @description When it last ceased to be active. */
            paused_at: string | null;
            step_count: number;
        };
        Sequence: {
            /** Format: uuid */
            id: string;
            /**
             * @description What callers name it by; never changes.
             * @example spring-sale
             */
            key: string;
            name: string;
            description: string;
            /** @enum {string} */
            status: "draft" | "active" | "paused" | "archived";
            /**
             * @description Who may enter again: nobody (`once`), whoever is not on the way (`once_at_a_time`), whoever
             *     entered at least `reentry_days` days ago and is not on the way (`after_days`), everybody (`every_time`).
             * @enum {string}
             */
            reentry: "once" | "once_at_a_time" | "after_days" | "every_time";
            reentry_days: number | null;
            /**
             * @description When emails may go out, by the clock of whom they go to, or by the workspace's where their time zone
             *     is not known. What is due while it is closed waits until it opens. Null: at any time.
             */
            send_window: components["schemas"]["SendWindow"] | null;
            /** @description The example that it was made from, until it is edited. */
            example: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description When it last became active. */
            activated_at: string | null;
            /** @description When it last ceased to be active. */
            paused_at: string | null;
            steps: components["schemas"]["Step"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
