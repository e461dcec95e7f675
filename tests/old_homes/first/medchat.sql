BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE citations (
	id INTEGER NOT NULL, 
	message_id VARCHAR(32) NOT NULL, 
	n INTEGER NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	evidence_id VARCHAR(140) NOT NULL, 
	title TEXT NOT NULL, 
	year INTEGER, 
	quote TEXT NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	facts JSON NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(message_id) REFERENCES messages (id) ON DELETE CASCADE
);
INSERT INTO "citations" VALUES(1,'009d0b2f53954c438f9a72e062dea81e',1,'fact','condition:0863a9cafc7c48bdb14f#first_line','Type 2 diabetes',NULL,'Type 2 diabetes — first-line treatment: metformin.',0,50,'["fact:1e482fcfaea633ec1200"]','660fb9b9d9dba07ab1e978454854bee21e329f3071a7bf30da864ad71ee7b767');
CREATE TABLE conversations (
	id VARCHAR(32) NOT NULL, 
	title TEXT NOT NULL, 
	created FLOAT NOT NULL, 
	updated FLOAT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "conversations" VALUES('087c1f6089ab4a2db78f6d6adcbe2578','What is the first-line treatment of type 2 diabetes?',1.79595031822596549984e+09,1.79595031822596549984e+09);
CREATE TABLE documents (
	id VARCHAR(120) NOT NULL, 
	source_id VARCHAR(40) NOT NULL, 
	title TEXT NOT NULL, 
	language VARCHAR(2) NOT NULL, 
	text TEXT NOT NULL, 
	year INTEGER, 
	type VARCHAR(40) NOT NULL, 
	journal TEXT NOT NULL, 
	identifiers JSON NOT NULL, 
	retracted BOOLEAN NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	since INTEGER NOT NULL, 
	until INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(source_id) REFERENCES sources (id)
);
INSERT INTO "documents" VALUES('note:metformin:en','note-e5fa5b-1','Metformin and the kidney','en','Metformin and the kidney

Metformin is contraindicated when eGFR is below 30. Metformin should be paused before iodinated contrast when eGFR is below 60. Nobody should stop metformin for a mild cold.

Renal function is checked at least once a year on metformin.',2026,'note','','[]',0,'0ebb30726f9231d53e7ca9207861b17fec0f514301ad35278cf9d097b9f8845a',1,NULL);
CREATE TABLE entities (
	id VARCHAR(40) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	since INTEGER NOT NULL, 
	until INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "entities" VALUES('condition:0863a9cafc7c48bdb14f','condition',1,NULL);
INSERT INTO "entities" VALUES('condition:1da1f8941fa538ae6177','condition',1,NULL);
INSERT INTO "entities" VALUES('condition:47cbbc4bb92ebbf7caed','condition',1,NULL);
INSERT INTO "entities" VALUES('condition:f53936d0a6d27ab0ece7','condition',1,NULL);
INSERT INTO "entities" VALUES('factor:a273f283869903ef436a','factor',1,NULL);
INSERT INTO "entities" VALUES('medicine:223261ac2cdcc8114055','medicine',1,NULL);
INSERT INTO "entities" VALUES('symptom:067ea8b3a0066f38f8f4','symptom',1,NULL);
INSERT INTO "entities" VALUES('symptom:13af1ee9cbda7118596b','symptom',1,NULL);
INSERT INTO "entities" VALUES('symptom:84476f16bee38f3a27c8','symptom',1,NULL);
INSERT INTO "entities" VALUES('symptom:a6c236da55a55f503d1b','symptom',1,NULL);
INSERT INTO "entities" VALUES('symptom:fb2433891dd1d7d6e313','symptom',1,NULL);
CREATE TABLE fact_sources (
	fact_id VARCHAR(40) NOT NULL, 
	source_id VARCHAR(40) NOT NULL, 
	line INTEGER NOT NULL, 
	PRIMARY KEY (fact_id, source_id), 
	FOREIGN KEY(fact_id) REFERENCES facts (id), 
	FOREIGN KEY(source_id) REFERENCES sources (id)
);
INSERT INTO "fact_sources" VALUES('fact:0e4448b99e76b1cfd471','records-a84fbf-1',18);
INSERT INTO "fact_sources" VALUES('fact:1e482fcfaea633ec1200','records-a84fbf-1',6);
INSERT INTO "fact_sources" VALUES('fact:5a2a888f47da8f4feeb0','records-a84fbf-1',18);
INSERT INTO "fact_sources" VALUES('fact:6794dff3211a25e04cda','records-a84fbf-1',18);
INSERT INTO "fact_sources" VALUES('fact:7d1e5e8290594981c69f','records-a84fbf-1',6);
INSERT INTO "fact_sources" VALUES('fact:afa45b8cf5ae1721c134','records-a84fbf-1',6);
INSERT INTO "fact_sources" VALUES('fact:c57786f0a000a3357250','records-a84fbf-1',13);
INSERT INTO "fact_sources" VALUES('fact:cff42c36171f684284f3','records-a84fbf-1',13);
INSERT INTO "fact_sources" VALUES('fact:df3c20806ea8ef908f81','records-a84fbf-1',6);
INSERT INTO "fact_sources" VALUES('fact:e418ec7fa20cd805fe98','records-a84fbf-1',6);
CREATE TABLE facts (
	id VARCHAR(40) NOT NULL, 
	subject_id VARCHAR(40) NOT NULL, 
	relation VARCHAR(30) NOT NULL, 
	object_id VARCHAR(40), 
	value_en TEXT NOT NULL, 
	value_zh TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	since INTEGER NOT NULL, 
	until INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(object_id) REFERENCES entities (id), 
	FOREIGN KEY(subject_id) REFERENCES entities (id)
);
INSERT INTO "facts" VALUES('fact:0e4448b99e76b1cfd471','medicine:223261ac2cdcc8114055','contraindication','condition:47cbbc4bb92ebbf7caed','','',2,1,NULL);
INSERT INTO "facts" VALUES('fact:1e482fcfaea633ec1200','condition:0863a9cafc7c48bdb14f','first_line','medicine:223261ac2cdcc8114055','','',2,1,NULL);
INSERT INTO "facts" VALUES('fact:5a2a888f47da8f4feeb0','medicine:223261ac2cdcc8114055','side_effect','symptom:a6c236da55a55f503d1b','','',0,1,NULL);
INSERT INTO "facts" VALUES('fact:6794dff3211a25e04cda','medicine:223261ac2cdcc8114055','side_effect','symptom:13af1ee9cbda7118596b','','',1,1,NULL);
INSERT INTO "facts" VALUES('fact:7d1e5e8290594981c69f','condition:0863a9cafc7c48bdb14f','symptom','symptom:84476f16bee38f3a27c8','','',1,1,NULL);
INSERT INTO "facts" VALUES('fact:afa45b8cf5ae1721c134','condition:0863a9cafc7c48bdb14f','prevention',NULL,'Weight loss lowers the risk.','减重可降低风险。',4,1,NULL);
INSERT INTO "facts" VALUES('fact:c57786f0a000a3357250','condition:1da1f8941fa538ae6177','symptom','symptom:fb2433891dd1d7d6e313','','',0,1,NULL);
INSERT INTO "facts" VALUES('fact:cff42c36171f684284f3','condition:1da1f8941fa538ae6177','cause','factor:a273f283869903ef436a','','',1,1,NULL);
INSERT INTO "facts" VALUES('fact:df3c20806ea8ef908f81','condition:0863a9cafc7c48bdb14f','symptom','symptom:067ea8b3a0066f38f8f4','','',0,1,NULL);
INSERT INTO "facts" VALUES('fact:e418ec7fa20cd805fe98','condition:0863a9cafc7c48bdb14f','complication','condition:f53936d0a6d27ab0ece7','','',3,1,NULL);
CREATE TABLE feedback (
	id VARCHAR(32) NOT NULL, 
	message_id VARCHAR(32) NOT NULL, 
	verdict VARCHAR(4) NOT NULL, 
	reason TEXT NOT NULL, 
	correction TEXT NOT NULL, 
	approved BOOLEAN, 
	created FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT feedback_verdict CHECK (verdict IN ('up', 'down')), 
	FOREIGN KEY(message_id) REFERENCES messages (id) ON DELETE CASCADE
);
INSERT INTO "feedback" VALUES('ccfcd32121a24e83b0515e6d3ec9a911','009d0b2f53954c438f9a72e062dea81e','down','incomplete','Metformin, with advice on diet.',NULL,1.79595031827795052533e+09);
CREATE TABLE generations (
	number INTEGER NOT NULL, 
	parent INTEGER, 
	created FLOAT NOT NULL, 
	cause TEXT NOT NULL, 
	counts JSON NOT NULL, 
	embedding TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "generations" VALUES(1,NULL,1.79595031711984539028e+09,'add note, A handful of records','{"entities": 11, "facts": 10, "documents": 1, "passages": 2}','');
CREATE TABLE messages (
	id VARCHAR(32) NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	position INTEGER NOT NULL, 
	role VARCHAR(10) NOT NULL, 
	text TEXT NOT NULL, 
	language VARCHAR(2) NOT NULL, 
	created FLOAT NOT NULL, 
	generation INTEGER, 
	evidence JSON NOT NULL, 
	sentences JSON NOT NULL, 
	base TEXT NOT NULL, 
	adapter TEXT NOT NULL, 
	note TEXT NOT NULL, 
	seconds JSON NOT NULL, 
	abstained BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE, 
	CONSTRAINT messages_in_order UNIQUE (conversation_id, position)
);
INSERT INTO "messages" VALUES('13bd0d4618e4497dbec51130a51b4ff3','087c1f6089ab4a2db78f6d6adcbe2578',1,'user','What is the first-line treatment of type 2 diabetes?','en',1.79595031822596549984e+09,NULL,'[]','[]','','','','{}',0);
INSERT INTO "messages" VALUES('009d0b2f53954c438f9a72e062dea81e','087c1f6089ab4a2db78f6d6adcbe2578',2,'assistant','First-line treatment of type 2 diabetes: metformin [1].','en',1.79595031822596549984e+09,1,'["condition:0863a9cafc7c48bdb14f#first_line"]','[{"text": "First-line treatment of type 2 diabetes: metformin [1].", "citations": [1], "support": "supported", "score": 1.0}]','scripted','','','{"understand": 0.7157189319996178, "retrieve": 0.2330044979999002, "first_token": 0.9501944410003489, "write": 0.010888157000408683, "check": 0.0031268819993783836, "total": 0.9751891470004921}',0);
CREATE TABLE names (
	id INTEGER NOT NULL, 
	entity_id VARCHAR(40) NOT NULL, 
	text TEXT NOT NULL, 
	normalised TEXT NOT NULL, 
	language VARCHAR(2) NOT NULL, 
	rank INTEGER NOT NULL, 
	source_id VARCHAR(40) NOT NULL, 
	since INTEGER NOT NULL, 
	until INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(entity_id) REFERENCES entities (id), 
	FOREIGN KEY(source_id) REFERENCES sources (id)
);
INSERT INTO "names" VALUES(1,'condition:0863a9cafc7c48bdb14f','Type 2 diabetes','type 2 diabetes','en',0,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(2,'condition:0863a9cafc7c48bdb14f','2型糖尿病','2型糖尿病','zh',0,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(3,'condition:0863a9cafc7c48bdb14f','T2DM','t2dm','en',1,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(4,'condition:1da1f8941fa538ae6177','Gout','gout','en',0,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(5,'condition:1da1f8941fa538ae6177','痛风','痛风','zh',0,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(6,'medicine:223261ac2cdcc8114055','metformin','metformin','en',0,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(7,'medicine:223261ac2cdcc8114055','二甲双胍','二甲双胍','zh',0,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(8,'symptom:067ea8b3a0066f38f8f4','thirst','thirst','en',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(9,'symptom:067ea8b3a0066f38f8f4','口渴','口渴','zh',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(10,'symptom:84476f16bee38f3a27c8','fatigue','fatigue','en',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(11,'symptom:84476f16bee38f3a27c8','乏力','乏力','zh',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(12,'condition:f53936d0a6d27ab0ece7','retinopathy','retinopathy','en',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(13,'condition:f53936d0a6d27ab0ece7','视网膜病变','视网膜病变','zh',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(14,'symptom:fb2433891dd1d7d6e313','joint pain','joint pain','en',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(15,'symptom:fb2433891dd1d7d6e313','关节痛','关节痛','zh',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(16,'factor:a273f283869903ef436a','urate crystals','urate crystal','en',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(17,'factor:a273f283869903ef436a','尿酸盐结晶','尿酸盐结晶','zh',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(18,'symptom:a6c236da55a55f503d1b','nausea','nausea','en',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(19,'symptom:a6c236da55a55f503d1b','恶心','恶心','zh',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(20,'symptom:13af1ee9cbda7118596b','lactic acidosis','lactic acidosis','en',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(21,'symptom:13af1ee9cbda7118596b','乳酸酸中毒','乳酸酸中毒','zh',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(22,'condition:47cbbc4bb92ebbf7caed','severe renal impairment','severe renal impairment','en',20,'records-a84fbf-1',1,NULL);
INSERT INTO "names" VALUES(23,'condition:47cbbc4bb92ebbf7caed','严重肾功能不全','严重肾功能不全','zh',20,'records-a84fbf-1',1,NULL);
CREATE TABLE passages (
	id VARCHAR(140) NOT NULL, 
	document_id VARCHAR(120) NOT NULL, 
	start INTEGER NOT NULL, 
	"end" INTEGER NOT NULL, 
	section TEXT NOT NULL, 
	language VARCHAR(2) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(document_id) REFERENCES documents (id)
);
INSERT INTO "passages" VALUES('note:metformin:en#1','note:metformin:en',26,199,'Safety','en');
INSERT INTO "passages" VALUES('note:metformin:en#2','note:metformin:en',201,261,'Monitoring','en');
CREATE TABLE sources (
	id VARCHAR(40) NOT NULL, 
	title TEXT NOT NULL, 
	format VARCHAR(40) NOT NULL, 
	licence VARCHAR(120) NOT NULL, 
	note TEXT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	left_out JSON NOT NULL, 
	created FLOAT NOT NULL, 
	since INTEGER NOT NULL, 
	until INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "sources" VALUES('note-e5fa5b-1','note','markdown','','','e5fa5b87a9da6e9c039d29b2410869a38ee52c3438572abae91097b2975ebb15','{}',1.79595031672902393339e+09,1,NULL);
INSERT INTO "sources" VALUES('records-a84fbf-1','A handful of records','medchat-records','CC0-1.0','Written for the tests.','a84fbfb13211965e9beadf806e6470834921f8d587c3e881ca77cd34c6c320b4','{}',1.79595031674339556697e+09,1,NULL);
CREATE INDEX ix_entities_kind ON entities (kind);
CREATE INDEX ix_sources_sha256 ON sources (sha256);
CREATE INDEX ix_documents_sha256 ON documents (sha256);
CREATE INDEX ix_documents_source_id ON documents (source_id);
CREATE INDEX ix_facts_object_id ON facts (object_id);
CREATE INDEX ix_facts_subject_id ON facts (subject_id);
CREATE INDEX ix_names_entity_id ON names (entity_id);
CREATE INDEX ix_names_source_id ON names (source_id);
CREATE INDEX names_normalised ON names (normalised, language);
CREATE INDEX ix_fact_sources_source_id ON fact_sources (source_id);
CREATE INDEX ix_passages_document_id ON passages (document_id);
CREATE INDEX ix_conversations_updated ON conversations (updated);
CREATE INDEX ix_messages_conversation_id ON messages (conversation_id);
CREATE INDEX ix_citations_evidence_id ON citations (evidence_id);
CREATE INDEX ix_citations_message_id ON citations (message_id);
CREATE INDEX ix_feedback_message_id ON feedback (message_id);
COMMIT;
