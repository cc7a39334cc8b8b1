"""How the words of a search become a query of the documents: what PostgreSQL is told of it.

``directory.search`` reads what a visitor types, and asks with these functions.
"""

from __future__ import annotations

# One word of a query as it may stand in a document; nothing for a word that says nothing, unless
# such words are all there is (``stops``). plainto_tsquery takes any text without an error; what it
# gives is quoted, so that the sign of a beginning can be put behind it.
QUERY = """
CREATE OR REPLACE FUNCTION public.civicnet_term(word text, begun boolean, stops boolean)
RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    plain tsquery := plainto_tsquery('public.civicnet_whole', word);
    italian tsquery;
    english tsquery;
BEGIN
    IF numnode(plain) = 0 THEN
        RETURN plain;
    ELSIF numnode(plainto_tsquery('public.civicnet_plain', word)) = 0 THEN
        RETURN CASE WHEN stops THEN plain ELSE '' END;
    END IF;
    italian := plainto_tsquery('public.civicnet_it', word);
    english := plainto_tsquery('public.civicnet_en', word);
    -- Each form once: the planner adds up how common they are.
    IF italian = english THEN
        english := '';
    END IF;
    IF plain IN (italian, english) AND NOT begun THEN
        RETURN italian || english;
    ELSIF begun AND length(word) >= 3 THEN
        plain := (plain::text || ':*')::tsquery;
    END IF;
    RETURN plain || italian || english;
END $$;

-- ``clauses`` come from directory.search: a sign, then ways to write the word, separated by “|”,
-- each of words that must all be there. Signs: “+” wanted, “*” wanted and perhaps only begun, “"” a
-- phrase, “=” instead of all the others. A way after “!” is searched as it is written, where the
-- stem of the way before it does not find it too, and only if that way says something. A way after
-- “"” is the letters of an acronym, one after the other, or together; texts lack those letters that
-- are words by themselves, and of one alone all would be found.
CREATE OR REPLACE FUNCTION public.civicnet_query(clauses text[], begun boolean) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET client_min_messages = warning AS $$
DECLARE
    stops boolean;
    clause text;
    way text;
    word text;
    sign text;
    fixed boolean;
    wanted tsquery;
    instead tsquery;
    found tsquery;
    every tsquery;
    stem tsquery;
BEGIN
    FOREACH stops IN ARRAY ARRAY[false, true] LOOP
        wanted := '';
        instead := '';
        FOREACH clause IN ARRAY clauses LOOP
            sign := left(clause, 1);
            found := '';
            FOREACH way IN ARRAY string_to_array(substr(clause, 2), '|') LOOP
                every := '';
                fixed := left(way, 1) = '!';
                way := ltrim(way, '!');
                IF fixed THEN
                    CONTINUE WHEN stops OR numnode(found) = 0
                        OR found @> plainto_tsquery('public.civicnet_it', way);
                    every := plainto_tsquery('public.civicnet_whole', way);
                ELSIF left(way, 1) = '"' THEN
                    way := ltrim(way, '"');
                    every := phraseto_tsquery('public.civicnet_whole', way)
                        || plainto_tsquery('public.civicnet_whole', replace(way, ' ', ''));
                    stem := phraseto_tsquery('public.civicnet_plain', way);
                    IF numnode(stem) > 1 THEN
                        every := every || stem;
                    END IF;
                ELSIF sign = '=' AND strpos(way, ' ') = 0 THEN
                    -- Words typed apart that are one: a stem that lacks more than an ending is
                    -- another word's (“circolo arci” is no verb).
                    every := plainto_tsquery('public.civicnet_plain', way);
                    FOREACH stem IN ARRAY ARRAY[plainto_tsquery('public.civicnet_it', way),
                                                plainto_tsquery('public.civicnet_en', way)] LOOP
                        IF length(stem::text) >= length(way) AND NOT every @> stem THEN
                            every := every || stem;
                        END IF;
                    END LOOP;
                ELSIF sign = '"' THEN
                    every := phraseto_tsquery('public.civicnet_plain', way);
                    IF stops THEN
                        every := phraseto_tsquery('public.civicnet_whole', way);
                    END IF;
                ELSE
                    FOREACH word IN ARRAY string_to_array(way, ' ') LOOP
                        every := every
                            && public.civicnet_term(word, begun AND sign = '*', stops);
                    END LOOP;
                END IF;
                found := found || every;
            END LOOP;
            IF sign = '=' THEN
                instead := instead || found;
            ELSE
                wanted := wanted && found;
            END IF;
        END LOOP;
        EXIT WHEN numnode(wanted) > 0;
    END LOOP;
    RETURN wanted || instead;
END $$;
"""
NO_QUERY = """
DROP FUNCTION public.civicnet_query(text[], boolean);
DROP FUNCTION public.civicnet_term(text, boolean, boolean);
"""
