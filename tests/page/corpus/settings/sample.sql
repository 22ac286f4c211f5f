SET client_encoding = 'UTF8';

CREATE TABLE public.films (
    id integer NOT NULL,
    title text
);

ALTER TABLE public.films OWNER TO postgres;

COPY public.films (id, title) FROM stdin;
1	Metropolis
2	\N
\.

ALTER TABLE ONLY public.films
    ADD CONSTRAINT films_pkey PRIMARY KEY (id);
