CREATE TABLE dogs (id int, name text);
INSERT INTO dogs VALUES (1, 'Rex');
